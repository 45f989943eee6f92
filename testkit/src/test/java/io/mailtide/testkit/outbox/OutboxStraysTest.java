package io.mailtide.testkit.outbox;

import static io.mailtide.testkit.outbox.OutboxWorld.crlf;
import static io.mailtide.testkit.outbox.OutboxWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Synchronizer.Opener;
import io.mailtide.engine.send.Outbox;
import io.mailtide.testkit.OnMemoryDisk;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the folder Outbox and was not handed in. */
class OutboxStraysTest {
  private final OutboxWorld world;

  OutboxStraysTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = new OutboxWorld(directory);
  }

  @Test
  void whatNobodyHandedIn_isFound_andNeverSent() throws FaultException {
    assertThat(strays()).as("there is no folder yet").isEmpty();
    world.submit(message(1), "bob@example.net");
    assertThat(strays()).isEmpty();
    var key = world.local.put(Outbox.FOLDER, crlf(message(2)), Flags.NONE, world.now);
    assertThat(strays()).containsExactly(key);
    world.flush();
    assertThat(world.delivered()).containsExactly("1");
    assertThat(strays()).containsExactly(key);
  }

  /** Whoever looks reads the journal, the folder, and the journal again. */
  @Test
  void whatIsHandedInWhileItIsLookedFor_isNone() throws FaultException {
    world.submit(message(1), "bob@example.net");
    world.hook = call -> {
      if (call.equals("LOCAL scan")) {
        world.submit(message(2), "bob@example.net");
      }
    };
    assertThat(strays()).isEmpty();
    assertThat(world.outbox()).hasSize(2);
  }

  @Test
  void whatIsSentWhileItIsLookedFor_isNone() throws FaultException {
    world.submit(message(1), "bob@example.net");
    Opener sending = () -> {
      var replica = world.job().store().open();
      return (Replica) Proxy.newProxyInstance(
          Replica.class.getClassLoader(),
          new Class<?>[] {Replica.class},
          (_, method, arguments) -> {
            if (method.getName().equals("close")) {
              world.flush();
            }
            return method.invoke(replica, arguments);
          });
    };
    assertThat(Outbox.strays(world.directory, sending)).isEmpty();
    assertThat(world.delivered()).containsExactly("1");
  }

  private List<MessageKey> strays() throws FaultException {
    return Outbox.strays(world.directory, world.job().store());
  }
}
