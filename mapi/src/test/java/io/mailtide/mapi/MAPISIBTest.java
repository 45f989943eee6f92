package io.mailtide.mapi;

import static io.mailtide.mapi.HResult.MAPI_E_INVALID_PARAMETER;
import static io.mailtide.mapi.HResult.MAPI_E_UNKNOWN_FLAGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.EnumSet;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MAPISIBTest {
  private static final IUnknown CALLBACK = new IUnknown() {};
  private static final IMAPISession SESSION = name -> () -> name;

  @Test
  void flags_haveTheDocumentedBits() {
    assertThat(SyncFlag.values())
        .extracting(flag -> flag + " " + new HResult(flag.bit()).hex())
        .containsExactly(
            "SYNC_UPLOAD_HIERARCHY 0x00000001",
            "SYNC_DOWNLOAD_HIERARCHY 0x00000002",
            "SYNC_UPLOAD_CONTENTS 0x00000040",
            "SYNC_DOWNLOAD_CONTENTS 0x00000080",
            "SYNC_OUTGOING_MAIL 0x00000200",
            "SYNC_GLOBAL_HEADERS 0x02000000",
            "SYNC_ON_DEMAND 0x20000000");
  }

  @Test
  void of_takesAnyCombinationWithADirectionAndGivesTheSameBitsBack() throws MapiException {
    var flags = SyncFlag.values();
    for (int choice = 0; choice < 1 << flags.length; choice++) {
      var chosen = EnumSet.noneOf(SyncFlag.class);
      int bits = 0;
      for (int at = 0; at < flags.length; at++) {
        if ((choice >> at & 1) == 1) {
          chosen.add(flags[at]);
          bits |= flags[at].bit();
        }
      }
      int ulFlags = bits;
      if ((bits & 0xC3) == 0) {
        refused(MAPI_E_INVALID_PARAMETER, () -> MAPISIB.of(ulFlags, SESSION, CALLBACK));
        refused(MAPI_E_INVALID_PARAMETER, () -> MAPISIB.of(chosen, SESSION, CALLBACK));
      } else {
        assertThat(MAPISIB.of(ulFlags, SESSION, CALLBACK).flags()).isEqualTo(chosen);
        assertThat(MAPISIB.of(chosen, SESSION, CALLBACK).ulFlags()).isEqualTo(ulFlags);
      }
    }
  }

  @Test
  void of_refusesEachUnknownBit() {
    int known = 0;
    for (var flag : SyncFlag.values()) {
      known |= flag.bit();
    }
    for (int position = 0; position < 32; position++) {
      int bit = 1 << position;
      if ((known & bit) == 0) {
        refused(MAPI_E_UNKNOWN_FLAGS, () -> MAPISIB.of(bit | 0x80, SESSION, CALLBACK));
      }
    }
  }

  @Test
  void of_refusesWhatIsMissing() {
    refused(MAPI_E_INVALID_PARAMETER, () -> MAPISIB.of(0x80, null, CALLBACK));
    refused(MAPI_E_INVALID_PARAMETER, () -> MAPISIB.of(0x80, SESSION, null));
  }

  @Test
  void of_copiesTheFlags() throws MapiException {
    var flags = EnumSet.of(SyncFlag.SYNC_DOWNLOAD_CONTENTS);
    var request = MAPISIB.of(flags, SESSION, CALLBACK);
    flags.add(SyncFlag.SYNC_ON_DEMAND);
    assertThat(request.flags()).isEqualTo(Set.of(SyncFlag.SYNC_DOWNLOAD_CONTENTS));
  }

  private static void refused(HResult result, ThrowingCallable call) {
    assertThatExceptionOfType(MapiException.class)
        .isThrownBy(call)
        .extracting(MapiException::result)
        .isEqualTo(result);
  }
}
