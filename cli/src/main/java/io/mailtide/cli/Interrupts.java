package io.mailtide.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Ctrl-C and the like. */
@FunctionalInterface
interface Interrupts {
  /**
   * Has interrupts handled until closed.
   *
   * @param first run at the first one, in some thread
   * @param second run at the second one, in some thread; the program then stops at once
   */
  Listening listen(Runnable first, Runnable second);

  /** Until closed. */
  @FunctionalInterface
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Those of this process: SIGINT, SIGTERM and SIGHUP, where the platform has them. The last of
   * these, a terminal that was closed, is never the second one: with it comes SIGTERM, too, where
   * somebody logs out.
   */
  static Interrupts system() {
    return Signals::listen;
  }

  /** What was asked for so far; for any thread. */
  final class Asking {
    private final Runnable first;
    private final Runnable second;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final AtomicInteger interrupts = new AtomicInteger();

    Asking(Runnable first, Runnable second) {
      this.first = first;
      this.second = second;
    }

    void interrupted() {
      if (interrupts.incrementAndGet() == 1) {
        ask();
      } else {
        second.run();
      }
    }

    /** Asks once, however often it is called. */
    void ask() {
      if (asked.compareAndSet(false, true)) {
        first.run();
      }
    }
  }

  /**
   * Signals by way of {@code sun.misc.Signal}. The JDK has no other way to be told of a second
   * Ctrl-C; the compiler warns of the class whatever one does, hence the reflection. Where it is
   * missing, a signal ends the program as it does any other.
   */
  final class Signals {
    private Signals() {}

    private static Listening listen(Runnable first, Runnable second) {
      var asking = new Asking(first, () -> {
        second.run();
        Runtime.getRuntime().halt(130);
      });
      Map<String, Runnable> handlers =
          Map.of("INT", asking::interrupted, "TERM", asking::interrupted, "HUP", asking::ask);
      var restorers = new ArrayList<Runnable>();
      for (var signal : handlers.entrySet()) {
        try {
          restorers.add(handle(signal.getKey(), signal.getValue()));
        } catch (ReflectiveOperationException | IllegalArgumentException _) {
          // This signal does not exist here, or the JVM keeps it for itself: it ends the program.
        }
      }
      return () -> restorers.forEach(Runnable::run);
    }

    private static Runnable handle(String name, Runnable handler)
        throws ReflectiveOperationException {
      var signalType = Class.forName("sun.misc.Signal");
      var handlerType = Class.forName("sun.misc.SignalHandler");
      var signal = signalType.getConstructor(String.class).newInstance(name);
      var handle = signalType.getMethod("handle", signalType, handlerType);
      var proxy = Proxy.newProxyInstance(
          handlerType.getClassLoader(),
          new Class<?>[] {handlerType},
          (self, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
              handler.run();
              yield null;
            }
            case "hashCode" -> System.identityHashCode(self);
            case "equals" ->
              arguments != null
                  && System.identityHashCode(self) == System.identityHashCode(arguments[0]);
            default -> "mailtide";
          });
      var before = handle.invoke(null, signal, proxy);
      return () -> {
        try {
          handle.invoke(null, signal, before);
        } catch (IllegalAccessException | InvocationTargetException e) {
          throw new IllegalStateException(
              "a handler of SIG" + name + " was set and cannot be reset", e);
        }
      };
    }
  }
}
