package io.mailtide.client;

import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.StoreStatus;
import io.mailtide.engine.Synchronizer;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.IMAPISession;
import io.mailtide.mapi.IMsgStore;
import io.mailtide.mapi.MapiException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The stores of a profile, open for synchronisation. Holds no connection and no thread while
 * nothing runs. Safe for use by several threads.
 */
public final class Session implements IMAPISession {
  private final Profile profile;
  private final OutgoingMail outbox;
  private final Function<Profile.Store, SyncRunner> runners;
  private final Map<String, BackgroundSync> backgrounds = new ConcurrentHashMap<>();
  private final BackgroundSync flushes;

  Session(Profile profile, Function<Profile.Store, SyncRunner> runners) {
    this(profile, runners, new OutgoingMail(profile, Environment.system()));
  }

  private Session(
      Profile profile, Function<Profile.Store, SyncRunner> runners, OutgoingMail outbox) {
    this.profile = profile;
    this.runners = runners;
    this.outbox = outbox;
    this.flushes = new BackgroundSync(
        OutgoingMail.NAME,
        new Sending.Runner(outbox, Environment.system()),
        GuardedCallback.Limits.USUAL);
  }

  /** Opens a session; asks no server and opens no file. */
  public static Session open(Profile profile) {
    var outbox = new OutgoingMail(profile, Environment.system());
    return new Session(
        profile,
        store -> new EngineRunner(
            store, profile.stateDirectory(), Environment.system(), Optional.of(outbox)),
        outbox);
  }

  /**
   * Has a thread load what a run is about to need, while the caller still finds out which. Returns
   * at once.
   *
   * @param providers of what it is about to open
   */
  public static void preload(Collection<ReplicaProvider> providers) {
    Thread.ofPlatform().daemon().name("mailtide preload").start(() -> {
      Synchronizer.preload();
      providers.forEach(ReplicaProvider::preload);
    });
  }

  public Profile profile() {
    return profile;
  }

  /** The Outbox of the default store. */
  public OutgoingMail outbox() {
    return outbox;
  }

  @Override
  public IMsgStore openMsgStore(String name) throws MapiException {
    return openStore(name, MailStore.Options.NONE);
  }

  /**
   * Opens a store.
   *
   * @param options carried by the object for all that is started through it
   * @throws MapiException {@code MAPI_E_NOT_FOUND}: the profile has no such store
   */
  public MailStore openStore(String name, MailStore.Options options) throws MapiException {
    var store = profile.stores().get(name);
    if (store == null) {
      throw new MapiException(
          HResult.MAPI_E_NOT_FOUND, "there is no store " + name + " in " + profile.file());
    }
    var background = backgrounds.computeIfAbsent(
        name, _ -> new BackgroundSync(name, runners.apply(store), GuardedCallback.Limits.USUAL));
    return new MailStore(name, options, background);
  }

  /**
   * Opens the Outbox as something that is synchronised as stores are: any request has it flushed.
   *
   * @param options carried by the object for all that is started through it
   */
  public MailStore openOutbox(MailStore.Options options) {
    return new MailStore(OutgoingMail.NAME, options, flushes);
  }

  /**
   * Opens what was removed from a store's local mail and is still kept.
   *
   * @throws FaultException {@code BUSY} while a run is at work on the store; {@code DISK} and what
   *     else opening the local mail can come to
   */
  public UndoArea undoArea(Profile.Store store) throws FaultException {
    return UndoArea.open(store, profile.stateDirectory(), Environment.system());
  }

  /**
   * What is known of a store without asking its server; does not wait for a run that is under way.
   */
  public StoreView status(String name) {
    try {
      return StoreStatus.read(profile.stateDirectory(), name)
          .map(status -> StoreView.of(name, status))
          .orElseGet(() -> StoreView.neverSynchronised(name));
    } catch (FaultException e) {
      return StoreView.unreadable(name, e.fault());
    }
  }
}
