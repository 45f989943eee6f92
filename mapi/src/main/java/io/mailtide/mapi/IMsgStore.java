package io.mailtide.mapi;

/** A message store. One that synchronises with a server answers to {@link IMAPISync}. */
public interface IMsgStore extends IUnknown {
  /** This interface's identifier. */
  InterfaceId<IMsgStore> IID =
      InterfaceId.of("{00020306-0000-0000-c000-000000000046}", IMsgStore.class);

  /** The store's name, for people. */
  String displayName();
}
