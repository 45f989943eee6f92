package io.mailtide.client;

import io.mailtide.mapi.Guid;
import io.mailtide.mapi.IMAPISyncProgressCallback;
import io.mailtide.mapi.IUnknown;
import io.mailtide.mapi.InterfaceId;

/**
 * An interface of our own beside the documented ones: a callback object that answers to it is told
 * the numbers behind the words. Our stores call it just before each call of
 * {@link IMAPISyncProgressCallback}, with the same news, in the same thread and under the same
 * rules.
 */
public interface IMailtideProgress extends IUnknown {
  /** This interface's identifier. */
  InterfaceId<IMailtideProgress> IID = new InterfaceId<>(
      Guid.parse("{93deb5fa-d127-4336-b411-9f2928c3fdb6}"), IMailtideProgress.class);

  /**
   * The news that the next call of the documented interface brings. Not every such call has more
   * behind it.
   */
  void detail(SyncEvent event);
}
