package io.mailtide.mapi;

import org.jspecify.annotations.Nullable;

/**
 * Synchronisation of a message store with its server, in the background. Store providers implement
 * it and expose it on the store object, through {@link IUnknown#queryInterface}; clients call it.
 */
@FunctionalInterface
public interface IMAPISync extends IUnknown {
  /** This interface's identifier. */
  InterfaceId<IMAPISync> IID =
      InterfaceId.of("{5024a385-2d44-486a-81a8-8f0ecb6071dd}", IMAPISync.class);

  /**
   * Starts a synchronisation and returns at once; the work goes on in a thread of the provider's.
   * May be called by any thread.
   *
   * <p>While the store is synchronising, a request that asks for no more than the running one does
   * joins it; any other runs after it, those with {@link SyncFlag#SYNC_ON_DEMAND} first.
   *
   * @return the event that is signalled when the work is over; its owner is the caller
   * @throws MapiException the request was not accepted, and the callback will not be called:
   *     {@code MAPI_E_INVALID_PARAMETER}: no request; {@code MAPI_E_INTERFACE_NOT_SUPPORTED}: the
   *     callback object has no {@link IMAPISyncProgressCallback}; {@code MAPI_E_BUSY}: too many
   *     requests wait
   */
  SyncDone synchronizeInBackground(@Nullable MAPISIB request) throws MapiException;
}
