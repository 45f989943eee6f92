package io.mailtide.client;

import static java.util.Map.entry;

import io.mailtide.engine.Fault;
import io.mailtide.mapi.HResult;
import java.util.Map;

/** The one table from what went wrong to what the contract and the shell are told. */
public final class Verdicts {
  /** All done. */
  public static final int DONE = 0;
  /** Done in part; the ledger has the rest. */
  public static final int IN_PART = 1;
  /** Wrong usage or configuration. */
  public static final int USAGE = 2;
  /** Signing in was refused, or what one may do after it. */
  public static final int SIGN_IN = 3;
  /** The network, or the server at its end. */
  public static final int NETWORK = 4;
  /** The local store, the state, or this program. */
  public static final int LOCAL = 5;
  /** Stopped by the brake. */
  public static final int BRAKE = 6;
  /** Cancelled: what a shell makes of Ctrl-C. */
  public static final int CANCELLED = 130;

  private static final Map<HResult, Integer> EXIT_CODES = Map.ofEntries(
      entry(HResult.S_OK, DONE),
      entry(HResult.MAPI_W_ERRORS_RETURNED, IN_PART),
      entry(HResult.MAPI_W_PARTIAL_COMPLETION, IN_PART),
      entry(HResult.MAPI_E_OBJECT_CHANGED, IN_PART),
      entry(HResult.MAPI_E_OBJECT_DELETED, IN_PART),
      entry(HResult.MAPI_E_NOT_FOUND, IN_PART),
      entry(HResult.MAPI_E_INVALID_PARAMETER, USAGE),
      entry(HResult.MAPI_E_UNKNOWN_FLAGS, USAGE),
      entry(HResult.MAPI_E_NO_SUPPORT, USAGE),
      entry(HResult.MAPI_E_UNCONFIGURED, USAGE),
      entry(HResult.MAPI_E_NO_RECIPIENTS, USAGE),
      entry(HResult.MAPI_E_LOGON_FAILED, SIGN_IN),
      entry(HResult.MAPI_E_NO_ACCESS, SIGN_IN),
      entry(HResult.MAPI_E_NETWORK_ERROR, NETWORK),
      entry(HResult.MAPI_E_TIMEOUT, NETWORK),
      entry(HResult.MAPI_E_SESSION_LIMIT, NETWORK),
      entry(HResult.MAPI_E_CORRUPT_DATA, NETWORK),
      entry(HResult.MAPI_E_NOT_ENOUGH_RESOURCES, NETWORK),
      entry(HResult.MAPI_E_CALL_FAILED, LOCAL),
      entry(HResult.MAPI_E_INTERFACE_NOT_SUPPORTED, LOCAL),
      entry(HResult.MAPI_E_NOT_ENOUGH_MEMORY, LOCAL),
      entry(HResult.MAPI_E_BUSY, LOCAL),
      entry(HResult.MAPI_E_NOT_ENOUGH_DISK, LOCAL),
      entry(HResult.MAPI_E_DISK_ERROR, LOCAL),
      entry(HResult.MAPI_E_VERSION, LOCAL),
      entry(HResult.MAPI_E_CORRUPT_STORE, LOCAL),
      entry(HResult.MAPI_E_COLLISION, LOCAL),
      entry(HResult.MAPI_E_CANCEL, BRAKE),
      entry(HResult.MAPI_E_USER_CANCEL, CANCELLED));

  private Verdicts() {}

  /**
   * What the contract calls a fault. The documents know no brake: {@code MAPI_E_CANCEL} stands for
   * it, a stop that no user asked for, and for nothing else.
   */
  public static HResult result(Fault.Kind kind) {
    return switch (kind) {
      case SIGN_IN -> HResult.MAPI_E_LOGON_FAILED;
      case NO_ACCESS, REFUSED -> HResult.MAPI_E_NO_ACCESS;
      case NETWORK, TLS, IN_DOUBT -> HResult.MAPI_E_NETWORK_ERROR;
      case TIMEOUT -> HResult.MAPI_E_TIMEOUT;
      case SESSION_LIMIT, THROTTLED -> HResult.MAPI_E_SESSION_LIMIT;
      case PROTOCOL -> HResult.MAPI_E_CORRUPT_DATA;
      case QUOTA -> HResult.MAPI_E_NOT_ENOUGH_RESOURCES;
      case NOT_FOUND -> HResult.MAPI_E_NOT_FOUND;
      case CHANGED -> HResult.MAPI_E_OBJECT_CHANGED;
      case COLLISION -> HResult.MAPI_E_COLLISION;
      case DISK_FULL -> HResult.MAPI_E_NOT_ENOUGH_DISK;
      case DISK -> HResult.MAPI_E_DISK_ERROR;
      case BUSY -> HResult.MAPI_E_BUSY;
      case STATE_DAMAGED -> HResult.MAPI_E_CORRUPT_STORE;
      case STATE_NEWER -> HResult.MAPI_E_VERSION;
      case INVALID -> HResult.MAPI_E_INVALID_PARAMETER;
      case NO_RECIPIENTS -> HResult.MAPI_E_NO_RECIPIENTS;
      case CONFIGURATION -> HResult.MAPI_E_UNCONFIGURED;
      case UNSUPPORTED -> HResult.MAPI_E_NO_SUPPORT;
      case BRAKE -> HResult.MAPI_E_CANCEL;
      case CANCELLED -> HResult.MAPI_E_USER_CANCEL;
      case INTERNAL -> HResult.MAPI_E_CALL_FAILED;
    };
  }

  /** The exit code of a program that ends with this fault. */
  public static int exitCode(Fault.Kind kind) {
    return exitCode(result(kind));
  }

  /**
   * The exit code of a program whose last result is this one; a code of no name counts by its
   * severity.
   */
  public static int exitCode(HResult result) {
    return EXIT_CODES.getOrDefault(result, result.failed() ? LOCAL : DONE);
  }
}
