package io.mailtide.cli;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Side;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A local side whose disk takes so many bytes of messages and no more, until it is given room. */
final class FullDisk {
  private final AtomicLong room;

  FullDisk(long bytes) {
    room = new AtomicLong(bytes);
  }

  void giveRoom() {
    room.set(Long.MAX_VALUE);
  }

  /** The same type of store, on this disk. */
  ReplicaProvider under(ReplicaProvider provider) {
    return provider.side() == Side.NEAR ? (ReplicaProvider) wrapped(provider) : provider;
  }

  /**
   * The same object, and all that it hands out, on this disk: whatever answers to a port of the
   * engine.
   */
  private Object wrapped(Object target) {
    var ports = new LinkedHashSet<Class<?>>();
    ports(target.getClass(), ports);
    if (ports.isEmpty()) {
      return target instanceof Optional<?> some ? some.map(this::wrapped) : target;
    }
    InvocationHandler handler = (_, method, arguments) -> {
      if (target instanceof DeliveringEditor.Staged && method.getName().equals("write")) {
        take(((ByteBuffer) arguments[0]).remaining());
      }
      try {
        var result = method.invoke(target, arguments);
        return result == null ? null : wrapped(result);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    };
    return Proxy.newProxyInstance(
        FullDisk.class.getClassLoader(), ports.toArray(Class<?>[]::new), handler);
  }

  private void take(int bytes) throws FaultException {
    if (room.addAndGet(-bytes) < 0) {
      throw new FaultException(Fault.of(
          Fault.Kind.DISK_FULL,
          Fault.Reach.REPLICA,
          "writing a message",
          "No space left on device",
          "Make room and run again."));
    }
  }

  private static void ports(Class<?> type, Set<Class<?>> ports) {
    for (var each : type.getInterfaces()) {
      if (each.getPackageName().equals("io.mailtide.engine")) {
        ports.add(each);
      }
      ports(each, ports);
    }
    if (type.getSuperclass() != null) {
      ports(type.getSuperclass(), ports);
    }
  }
}
