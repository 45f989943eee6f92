package io.mailtide.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Processor time of all processes that this one started and that have ended, with those that they
 * waited for: {@code getrusage(2)}. Without threads of its own; may be called from any.
 *
 * @param user seconds in their own code
 * @param system seconds in the system's
 */
record Usage(double user, double system) {
  private static final int RUSAGE_CHILDREN = -1;

  /** {@code struct rusage} begins with two {@code struct timeval} and has fourteen longs more. */
  private static final int LONGS = 18;

  private static final double MICROS = 1e6;
  private static final MethodHandle GETRUSAGE = Linker.nativeLinker()
      .downcallHandle(
          Linker.nativeLinker().defaultLookup().findOrThrow("getrusage"),
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

  static Usage ofChildren() {
    try (var arena = Arena.ofConfined()) {
      var usage = arena.allocate(ValueLayout.JAVA_LONG, LONGS);
      var status = (int) GETRUSAGE.invokeExact(RUSAGE_CHILDREN, usage);
      if (status != 0) {
        throw new IllegalStateException("getrusage failed");
      }
      var longs = usage.toArray(ValueLayout.JAVA_LONG);
      return new Usage(longs[0] + longs[1] / MICROS, longs[2] + longs[3] / MICROS);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call throws nothing checked", e);
    }
  }

  Usage minus(Usage before) {
    return new Usage(user - before.user, system - before.system);
  }

  double seconds() {
    return user + system;
  }
}
