package io.mailtide.cli;

import io.mailtide.client.OutgoingMail;
import io.mailtide.client.StoreView;
import io.mailtide.client.SyncEvent;
import io.mailtide.client.UndoArea;
import java.time.Instant;
import java.util.List;

/** What the program shows of what happens: to people or to other programs. One thread. */
interface View extends AutoCloseable {
  /** Something happened to a store. */
  void accept(SyncEvent event, Instant now);

  /** Some time has passed. */
  void tick(Instant now);

  /** A line for people, and for them alone. */
  void note(String line);

  /** The first Ctrl-C was seen, and the work ends soon. */
  void stopping();

  /** What is not wrong, but should be looked at. */
  void warning(String text);

  /** The program cannot do what it was asked for. */
  void trouble(Trouble trouble);

  /** What is known of a store. */
  void status(StoreView store, Instant now);

  /** What is in the Outbox. */
  void outbox(List<OutgoingMail.Message> messages, Instant now);

  /** A message was taken into the Outbox, under this id. */
  void submitted(long id);

  /** A message that was removed from local mail, and whether it was put back just now. */
  void removed(String store, UndoArea.Entry entry, boolean restored, Instant now);

  /** What the demonstration came to. */
  void demo(DemoCheck.Report report);

  /** The program ends; nothing comes after. */
  void exit(int code, Instant now);

  /** Leaves the terminal as it was found. */
  @Override
  void close();
}
