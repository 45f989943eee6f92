package io.mailtide.engine.content;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * By the system's libcrypto ({@code SHA256_Init}, {@code SHA256_Update}, {@code SHA256_Final}),
 * where there is one.
 *
 * <p>The JDK's own is as fast only once the optimising compiler has had its time, which a program
 * that runs for a second has not; without that it takes a large part of a pull.
 */
final class NativeSha256 implements Sha256 {
  /** The size of a {@code SHA256_CTX}, which holds no pointers, is 112 bytes; some to spare. */
  private static final long CONTEXT_BYTES = 256;

  private static final int DIGEST_BYTES = 32;

  private final Library library;
  private final MemorySegment context;

  private NativeSha256(Library library) {
    this.library = library;
    context = MemorySegment.ofArray(new long[(int) CONTEXT_BYTES / Long.BYTES]);
    checked(() -> (int) library.init().invokeExact(context));
  }

  /** Begins to digest a message; empty where the library is missing. */
  static Optional<NativeSha256> begin() {
    return Library.THERE.map(NativeSha256::new);
  }

  @Override
  public void update(ByteBuffer bytes) {
    var segment = MemorySegment.ofBuffer(bytes);
    checked(() -> (int) library.update().invokeExact(context, segment, segment.byteSize()));
  }

  @Override
  public Digest end() {
    var digest = new byte[DIGEST_BYTES];
    var segment = MemorySegment.ofArray(digest);
    checked(() -> (int) library.end().invokeExact(segment, context));
    return Digest.of(digest);
  }

  @FunctionalInterface
  private interface Call {
    @SuppressWarnings("IllegalThrows") // as method handles declare it
    int run() throws Throwable;
  }

  private static void checked(Call call) {
    int result;
    try {
      result = call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call throws nothing checked", e);
    }
    if (result != 1) {
      throw new IllegalStateException("libcrypto fails at SHA-256");
    }
  }

  /** The functions, linked. */
  private record Library(MethodHandle init, MethodHandle update, MethodHandle end) {
    static final Optional<Library> THERE = load();

    private static Optional<Library> load() {
      for (var name : List.of("libcrypto.so.3", "libcrypto.so.1.1")) {
        try {
          return Optional.of(
              linked(Linker.nativeLinker(), SymbolLookup.libraryLookup(name, Arena.global())));
        } catch (IllegalCallerException
            | IllegalArgumentException
            | NoSuchElementException
            | UnsupportedOperationException _) {
          // Not there, or built without these functions, or native access is denied.
        }
      }
      return Optional.empty();
    }

    private static Library linked(Linker linker, SymbolLookup library) {
      var pointer = ValueLayout.ADDRESS;
      var number = ValueLayout.JAVA_INT;
      var onHeap = Linker.Option.critical(true);
      return new Library(
          linker.downcallHandle(
              library.findOrThrow("SHA256_Init"), FunctionDescriptor.of(number, pointer), onHeap),
          linker.downcallHandle(
              library.findOrThrow("SHA256_Update"),
              FunctionDescriptor.of(number, pointer, pointer, ValueLayout.JAVA_LONG),
              onHeap),
          linker.downcallHandle(
              library.findOrThrow("SHA256_Final"),
              FunctionDescriptor.of(number, pointer, pointer),
              onHeap));
    }
  }
}
