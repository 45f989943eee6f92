package io.mailtide.mapi;

/** A session: the stores of one profile. Safe for use by several threads. */
public interface IMAPISession extends IUnknown {
  /** This interface's identifier. */
  InterfaceId<IMAPISession> IID =
      InterfaceId.of("{00020300-0000-0000-c000-000000000046}", IMAPISession.class);

  /**
   * Opens a message store.
   *
   * @param name the store's name in the profile
   * @throws MapiException {@code MAPI_E_NOT_FOUND}: the profile has no such store
   */
  IMsgStore openMsgStore(String name) throws MapiException;
}
