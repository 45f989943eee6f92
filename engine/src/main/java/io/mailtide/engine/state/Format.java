package io.mailtide.engine.state;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntFunction;
import org.sqlite.SQLiteException;

/**
 * What a state file holds, and what its errors mean.
 *
 * @param mark in the file's header, so that another's SQLite file is not taken for it
 * @param version the one that is written; a newer one is refused
 * @param from what leads here from an older version; 0 is an empty file
 * @param forRuns tables that go with the connection
 * @param onWrite what whoever writes anything does first, in the same transaction
 * @param advice what to do where the file is damaged
 */
record Format(
    int mark,
    int version,
    IntFunction<List<String>> from,
    List<String> forRuns,
    List<String> onWrite,
    String advice) {
  FaultException damaged(Path file, String said) {
    return new FaultException(
        Fault.of(Kind.STATE_DAMAGED, Reach.REPLICA, "reading the state " + file, said, advice));
  }

  FaultException newer(Path file, long found) {
    return new FaultException(Fault.of(
        Kind.STATE_NEWER,
        Reach.REPLICA,
        "opening the state " + file,
        "it was written by a newer Mailtide (format " + found + ", this one knows " + version + ")",
        "Use that version; nothing was changed."));
  }

  FaultException translate(Path file, SQLException e) {
    var code = e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xFF : -1;
    var said = String.valueOf(e.getMessage());
    var fault = switch (code) {
      case 11, 26 -> damaged(file, said).fault();
      case 13 ->
        Fault.of(
            Kind.DISK_FULL,
            Reach.REPLICA,
            "writing the state " + file,
            "no space left on the device",
            "Free some space and run again; nothing is lost.");
      case 5, 6 ->
        Fault.of(
            Kind.BUSY,
            Reach.REPLICA,
            "writing the state " + file,
            "another program holds it",
            "Run again when it is done.");
      case 3, 8, 10, 14, 23 ->
        Fault.of(
            Kind.DISK,
            Reach.REPLICA,
            "opening or writing the state " + file,
            said,
            "Make that file and its directory writable, or set state-dir.");
      default ->
        Fault.of(
            Kind.INTERNAL, Reach.REPLICA, "using the state " + file, said, "Please report this.");
    };
    return new FaultException(fault, e);
  }
}
