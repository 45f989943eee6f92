package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.mapi.HResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VerdictsTest {
  @ParameterizedTest
  @CsvSource({
    "SIGN_IN, MAPI_E_LOGON_FAILED, 3",
    "NO_ACCESS, MAPI_E_NO_ACCESS, 3",
    "NETWORK, MAPI_E_NETWORK_ERROR, 4",
    "TLS, MAPI_E_NETWORK_ERROR, 4",
    "TIMEOUT, MAPI_E_TIMEOUT, 4",
    "SESSION_LIMIT, MAPI_E_SESSION_LIMIT, 4",
    "PROTOCOL, MAPI_E_CORRUPT_DATA, 4",
    "THROTTLED, MAPI_E_SESSION_LIMIT, 4",
    "QUOTA, MAPI_E_NOT_ENOUGH_RESOURCES, 4",
    "REFUSED, MAPI_E_NO_ACCESS, 3",
    "NOT_FOUND, MAPI_E_NOT_FOUND, 1",
    "CHANGED, MAPI_E_OBJECT_CHANGED, 1",
    "COLLISION, MAPI_E_COLLISION, 5",
    "DISK_FULL, MAPI_E_NOT_ENOUGH_DISK, 5",
    "DISK, MAPI_E_DISK_ERROR, 5",
    "BUSY, MAPI_E_BUSY, 5",
    "STATE_DAMAGED, MAPI_E_CORRUPT_STORE, 5",
    "STATE_NEWER, MAPI_E_VERSION, 5",
    "CONFIGURATION, MAPI_E_UNCONFIGURED, 2",
    "UNSUPPORTED, MAPI_E_NO_SUPPORT, 2",
    "BRAKE, MAPI_E_CANCEL, 6",
    "CANCELLED, MAPI_E_USER_CANCEL, 130",
    "INTERNAL, MAPI_E_CALL_FAILED, 5",
  })
  void aFaultHasItsResultAndItsExitCode(Fault.Kind kind, String name, int exitCode) {
    assertThat(Verdicts.result(kind).name()).contains(name);
    assertThat(Verdicts.exitCode(kind)).isEqualTo(exitCode);
    assertThat(Verdicts.exitCode(Verdicts.result(kind))).isEqualTo(exitCode);
  }

  @ParameterizedTest
  @EnumSource
  void noFaultIsASuccess(Fault.Kind kind) {
    assertThat(Verdicts.result(kind).failed()).isTrue();
    assertThat(Verdicts.exitCode(kind)).isNotZero();
  }

  @Test
  void everyResultHasTheExitCodeOfItsSeverity() {
    assertThat(HResult.all()).allSatisfy(result -> {
      if (result.failed()) {
        assertThat(Verdicts.exitCode(result)).isIn(1, 2, 3, 4, 5, 6, 130);
      } else {
        assertThat(Verdicts.exitCode(result)).isEqualTo(result.equals(HResult.S_OK) ? 0 : 1);
      }
    });
  }

  @Test
  void aResultOfNoName_countsByItsSeverity() {
    assertThat(Verdicts.exitCode(new HResult(0x8004_0FFF))).isEqualTo(5);
    assertThat(Verdicts.exitCode(new HResult(0x0004_0FFF))).isEqualTo(0);
  }

  @Test
  void onlyTheBrakeAndCancellationHaveTheirExitCodes() {
    assertThat(HResult.all())
        .filteredOn(result -> Verdicts.exitCode(result) == Verdicts.BRAKE)
        .containsExactly(HResult.MAPI_E_CANCEL);
    assertThat(HResult.all())
        .filteredOn(result -> Verdicts.exitCode(result) == Verdicts.CANCELLED)
        .containsExactly(HResult.MAPI_E_USER_CANCEL);
  }
}
