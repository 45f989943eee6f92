package io.mailtide.mapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class IUnknownTest {
  @Test
  void iids_areTheDocumentedOnes() {
    assertThat(IMAPISync.IID.guid()).hasToString("{5024a385-2d44-486a-81a8-8f0ecb6071dd}");
    assertThat(IMAPISyncProgressCallback.IID.guid())
        .hasToString("{5024a386-2d44-486a-81a8-8f0ecb6071dd}");
    assertThat(IUnknown.IID.guid()).hasToString("{00000000-0000-0000-c000-000000000046}");
    assertThat(IMAPISession.IID.guid()).hasToString("{00020300-0000-0000-c000-000000000046}");
    assertThat(IMsgStore.IID.guid()).hasToString("{00020306-0000-0000-c000-000000000046}");
  }

  @Test
  void queryInterface_givesTheFacesThatTheObjectHas() throws MapiException {
    var object = new Callback();
    assertThat(object.queryInterface(IUnknown.IID)).isSameAs(object);
    assertThat(object.queryInterface(IMAPISyncProgressCallback.IID)).isSameAs(object);
  }

  @Test
  void queryInterface_refusesOthers() {
    assertThatExceptionOfType(MapiException.class)
        .isThrownBy(() -> new Callback().queryInterface(IMAPISync.IID))
        .withMessageContaining("IMAPISync {5024a385-2d44-486a-81a8-8f0ecb6071dd}")
        .extracting(MapiException::result)
        .isEqualTo(HResult.MAPI_E_INTERFACE_NOT_SUPPORTED);
  }

  @Test
  void parse_readsEitherCaseAndNothingElse() {
    assertThat(Guid.parse("{5024A385-2D44-486A-81A8-8F0ECB6071DD}"))
        .isEqualTo(IMAPISync.IID.guid());
    for (var wrong : new String[] {"", "{1-1-1-1-1}", "5024a385-2d44-486a-81a8-8f0ecb6071dd"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> Guid.parse(wrong));
    }
  }

  private static final class Callback implements IMAPISyncProgressCallback {
    @Override
    public void progress(Optional<String> step, long index, long indexMax) {}

    @Override
    public void error(HResult result, String message) {}

    @Override
    public void done(SyncDone event, HResult result) {}
  }
}
