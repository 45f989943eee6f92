package io.mailtide.mapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HResultTest {
  /** The contract's table, word for word. */
  private static final String TABLE = """
      S_OK 0x00000000
      MAPI_W_ERRORS_RETURNED 0x00040380
      MAPI_W_PARTIAL_COMPLETION 0x00040680
      MAPI_E_CALL_FAILED 0x80004005
      MAPI_E_INTERFACE_NOT_SUPPORTED 0x80004002
      MAPI_E_NOT_ENOUGH_MEMORY 0x8007000E
      MAPI_E_INVALID_PARAMETER 0x80070057
      MAPI_E_NO_ACCESS 0x80070005
      MAPI_E_NO_SUPPORT 0x80040102
      MAPI_E_UNKNOWN_FLAGS 0x80040106
      MAPI_E_OBJECT_CHANGED 0x80040109
      MAPI_E_OBJECT_DELETED 0x8004010A
      MAPI_E_BUSY 0x8004010B
      MAPI_E_NOT_ENOUGH_DISK 0x8004010D
      MAPI_E_NOT_ENOUGH_RESOURCES 0x8004010E
      MAPI_E_NOT_FOUND 0x8004010F
      MAPI_E_VERSION 0x80040110
      MAPI_E_LOGON_FAILED 0x80040111
      MAPI_E_SESSION_LIMIT 0x80040112
      MAPI_E_USER_CANCEL 0x80040113
      MAPI_E_NETWORK_ERROR 0x80040115
      MAPI_E_DISK_ERROR 0x80040116
      MAPI_E_CORRUPT_DATA 0x8004011B
      MAPI_E_UNCONFIGURED 0x8004011C
      MAPI_E_TIMEOUT 0x80040401
      MAPI_E_CANCEL 0x80040501
      MAPI_E_CORRUPT_STORE 0x80040600
      MAPI_E_COLLISION 0x80040604
      MAPI_E_NO_RECIPIENTS 0x80040607
      """;

  @Test
  void all_isTheContractsTable() throws ReflectiveOperationException {
    var rows = TABLE.lines().toList();
    var written = HResult.all().stream()
        .map(result -> result.name().orElseThrow() + " " + result.hex())
        .toList();
    assertThat(written).isEqualTo(rows);
    for (var row : rows) {
      var name = row.substring(0, row.indexOf(" "));
      assertThat(HResult.class.getField(name).get(null)).hasToString(row.replace(" ", " (") + ")");
    }
  }

  @Test
  void failed_holdsForEachErrorAndForNoWarning() {
    for (var result : HResult.all()) {
      assertThat(result.failed()).isEqualTo(result.name().orElseThrow().contains("_E_"));
      assertThat(result.severity()).isEqualTo(result.failed() ? 1 : 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x80040111, 4, 0x111",
    "0x80070057, 7, 0x57",
    "0x00040680, 4, 0x680",
    "0x80004005, 0, 0x4005"
  })
  void facilityAndNumber_areThoseOfTheCode(String code, int facility, String number) {
    var result = new HResult(Long.decode(code).intValue());
    assertThat(List.of(result.facility(), result.number()))
        .isEqualTo(List.of(facility, Integer.decode(number)));
  }

  @Test
  void toString_ofAnUnnamedCodeIsTheCode() {
    assertThat(new HResult(0x8004_0FFF)).hasToString("0x80040FFF");
  }
}
