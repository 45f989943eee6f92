package io.mailtide.replica.maildir.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Linux's {@code open(2)}, {@code syncfs(2)} and {@code close(2)} through the foreign-function API.
 */
public final class NativeSync {
  /** {@code O_RDONLY | O_CLOEXEC}, the same number on x86-64 and AArch64. */
  private static final int READ_ONLY_CLOSE_ON_EXEC = 0x80000;

  private final MethodHandle open;
  private final MethodHandle syncfs;
  private final MethodHandle close;
  private final MemoryLayout callState = Linker.Option.captureStateLayout();
  private final VarHandle errno =
      callState.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private NativeSync(Linker linker) {
    var capture = Linker.Option.captureCallState("errno");
    var library = linker.defaultLookup();
    open = linker.downcallHandle(
        library.findOrThrow("open"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
        Linker.Option.firstVariadicArg(2),
        capture);
    var ofDescriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    syncfs = linker.downcallHandle(library.findOrThrow("syncfs"), ofDescriptor, capture);
    close = linker.downcallHandle(library.findOrThrow("close"), ofDescriptor, capture);
  }

  /** Links to the system's library; empty where it lacks a function, or native access is denied. */
  public static Optional<NativeSync> load() {
    try {
      return Optional.of(new NativeSync(Linker.nativeLinker()));
    } catch (IllegalCallerException
        | UnsupportedOperationException
        | java.util.NoSuchElementException _) {
      return Optional.empty();
    }
  }

  /**
   * Opens a directory; errors of writing its file system back are seen by this descriptor from now
   * on.
   */
  public int open(Path directory) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var path = arena.allocateFrom(directory.toString());
      return checked(arena, state -> (int) open.invokeExact(state, path, READ_ONLY_CLOSE_ON_EXEC));
    }
  }

  /** Writes back the file system that the descriptor is on. */
  public void sync(int descriptor) throws IOException {
    try (var arena = Arena.ofConfined()) {
      checked(arena, state -> (int) syncfs.invokeExact(state, descriptor));
    }
  }

  public void close(int descriptor) throws IOException {
    try (var arena = Arena.ofConfined()) {
      checked(arena, state -> (int) close.invokeExact(state, descriptor));
    }
  }

  @FunctionalInterface
  private interface Call {
    @SuppressWarnings("IllegalThrows") // as method handles declare it
    int run(MemorySegment state) throws Throwable;
  }

  @SuppressWarnings("CatchAndPrintStackTrace")
  private int checked(Arena arena, Call call) throws IOException {
    var state = arena.allocate(callState);
    int result;
    try {
      result = call.run(state);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call throws nothing checked", e);
    }
    if (result < 0) {
      throw new SyncFailedException((int) errno.get(state, 0L));
    }
    return result;
  }

  /** The system could not write back what was written to a file system. */
  public static final class SyncFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;

    private final int number;

    /** @param number the system's error number, Linux's numbering */
    public SyncFailedException(int number) {
      super(
          switch (number) {
            case 5 -> "input/output error while writing back to the disk";
            case ENOSPC -> "no space left on device";
            case EDQUOT -> "disk quota exceeded";
            default -> "error " + number + " while writing back to the disk";
          });
      this.number = number;
    }

    public boolean full() {
      return number == ENOSPC || number == EDQUOT;
    }
  }
}
