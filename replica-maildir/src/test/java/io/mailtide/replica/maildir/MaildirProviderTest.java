package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Side;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class MaildirProviderTest {
  @Test
  void isFoundAsAService() {
    var provider = ServiceLoader.load(ReplicaProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(found -> found.type().equals("maildir"))
        .findFirst()
        .orElseThrow();
    assertThat(provider.side()).isEqualTo(Side.NEAR);
    assertThat(provider.settings()).extracting(Setting::name).containsExactly("path", "layout");
  }
}
