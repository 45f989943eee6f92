package io.mailtide.mapi;

import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A result as MAPI states it: {@code severity << 31 | facility << 16 | number}. Negative codes are
 * failures; the others are success, plain ({@link #S_OK}) or with a warning ({@code MAPI_W_…}).
 *
 * @param code the 32 bits
 */
public record HResult(int code) {
  /** Facility of codes that belong to an interface. */
  public static final int FACILITY_ITF = 4;

  private static final Map<HResult, String> NAMES = new LinkedHashMap<>();

  /** Complete. */
  public static final HResult S_OK = named("S_OK", 0);
  /** Done, and errors were reported. */
  public static final HResult MAPI_W_ERRORS_RETURNED = named("MAPI_W_ERRORS_RETURNED", 0x00040380);
  /** Some items failed and will be tried again. */
  public static final HResult MAPI_W_PARTIAL_COMPLETION =
      named("MAPI_W_PARTIAL_COMPLETION", 0x00040680);
  /** A fault of our own. */
  public static final HResult MAPI_E_CALL_FAILED = named("MAPI_E_CALL_FAILED", 0x80004005);
  /** {@link IUnknown#queryInterface}: the object does not answer to that interface. */
  public static final HResult MAPI_E_INTERFACE_NOT_SUPPORTED =
      named("MAPI_E_INTERFACE_NOT_SUPPORTED", 0x80004002);
  /** Out of memory. */
  public static final HResult MAPI_E_NOT_ENOUGH_MEMORY =
      named("MAPI_E_NOT_ENOUGH_MEMORY", 0x8007000E);
  /** A bad request. */
  public static final HResult MAPI_E_INVALID_PARAMETER =
      named("MAPI_E_INVALID_PARAMETER", 0x80070057);
  /** No permission on a folder or message. */
  public static final HResult MAPI_E_NO_ACCESS = named("MAPI_E_NO_ACCESS", 0x80070005);
  /** This store cannot do that. */
  public static final HResult MAPI_E_NO_SUPPORT = named("MAPI_E_NO_SUPPORT", 0x80040102);
  /** A flag bit that is not documented. */
  public static final HResult MAPI_E_UNKNOWN_FLAGS = named("MAPI_E_UNKNOWN_FLAGS", 0x80040106);
  /** Changed under our hands. */
  public static final HResult MAPI_E_OBJECT_CHANGED = named("MAPI_E_OBJECT_CHANGED", 0x80040109);
  /** Gone. */
  public static final HResult MAPI_E_OBJECT_DELETED = named("MAPI_E_OBJECT_DELETED", 0x8004010A);
  /** Another process holds the store, or too many requests wait for it. */
  public static final HResult MAPI_E_BUSY = named("MAPI_E_BUSY", 0x8004010B);
  /** The local disk is full. */
  public static final HResult MAPI_E_NOT_ENOUGH_DISK = named("MAPI_E_NOT_ENOUGH_DISK", 0x8004010D);
  /** Over quota at the server. */
  public static final HResult MAPI_E_NOT_ENOUGH_RESOURCES =
      named("MAPI_E_NOT_ENOUGH_RESOURCES", 0x8004010E);
  /** Something is not there. */
  public static final HResult MAPI_E_NOT_FOUND = named("MAPI_E_NOT_FOUND", 0x8004010F);
  /** State written by a newer version. */
  public static final HResult MAPI_E_VERSION = named("MAPI_E_VERSION", 0x80040110);
  /** Credentials refused. */
  public static final HResult MAPI_E_LOGON_FAILED = named("MAPI_E_LOGON_FAILED", 0x80040111);
  /** Too many connections. */
  public static final HResult MAPI_E_SESSION_LIMIT = named("MAPI_E_SESSION_LIMIT", 0x80040112);
  /** Cancelled. */
  public static final HResult MAPI_E_USER_CANCEL = named("MAPI_E_USER_CANCEL", 0x80040113);
  /** Connection refused or lost, TLS failure. */
  public static final HResult MAPI_E_NETWORK_ERROR = named("MAPI_E_NETWORK_ERROR", 0x80040115);
  /** A local I/O error. */
  public static final HResult MAPI_E_DISK_ERROR = named("MAPI_E_DISK_ERROR", 0x80040116);
  /** The server sent what cannot be parsed. */
  public static final HResult MAPI_E_CORRUPT_DATA = named("MAPI_E_CORRUPT_DATA", 0x8004011B);
  /** Configuration missing or wrong. */
  public static final HResult MAPI_E_UNCONFIGURED = named("MAPI_E_UNCONFIGURED", 0x8004011C);
  /** No answer in time. */
  public static final HResult MAPI_E_TIMEOUT = named("MAPI_E_TIMEOUT", 0x80040401);
  /** Transport cancelled. */
  public static final HResult MAPI_E_CANCEL = named("MAPI_E_CANCEL", 0x80040501);
  /** The local state is damaged. */
  public static final HResult MAPI_E_CORRUPT_STORE = named("MAPI_E_CORRUPT_STORE", 0x80040600);
  /** A folder of that name exists. */
  public static final HResult MAPI_E_COLLISION = named("MAPI_E_COLLISION", 0x80040604);
  /** An outgoing message without recipients. */
  public static final HResult MAPI_E_NO_RECIPIENTS = named("MAPI_E_NO_RECIPIENTS", 0x80040607);

  private static HResult named(String name, int code) {
    var result = new HResult(code);
    NAMES.put(result, name);
    return result;
  }

  /** All named codes, in the order of the contract's table. */
  public static Collection<HResult> all() {
    return List.copyOf(NAMES.keySet());
  }

  /** Whether this is a failure. */
  public boolean failed() {
    return code < 0;
  }

  /** 1 for a failure, 0 for success. */
  public int severity() {
    return code >>> 31;
  }

  /** Which part of the system the code belongs to; {@link #FACILITY_ITF} for MAPI's own codes. */
  public int facility() {
    return code >>> 16 & 0x7FF;
  }

  /** The number within the facility, 0 to 65,535. */
  public int number() {
    return code & 0xFFFF;
  }

  /** The documented name, where the code is one of the contract's. */
  public Optional<String> name() {
    return Optional.ofNullable(NAMES.get(this));
  }

  /** The 32 bits, written {@code 0x80040111}. */
  public String hex() {
    return "0x" + HexFormat.of().withUpperCase().toHexDigits(code);
  }

  /**
   * The name and the code: {@code MAPI_E_LOGON_FAILED (0x80040111)}; the code alone where it has no
   * name.
   */
  @Override
  public String toString() {
    return name().map(name -> name + " (" + hex() + ")").orElseGet(this::hex);
  }
}
