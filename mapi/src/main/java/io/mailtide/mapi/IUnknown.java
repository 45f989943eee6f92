package io.mailtide.mapi;

/**
 * An object that can be asked for its interfaces. There is no {@code AddRef} and {@code Release}
 * here: the garbage collector does that.
 */
public interface IUnknown {
  /** This interface's identifier. */
  InterfaceId<IUnknown> IID =
      InterfaceId.of("{00000000-0000-0000-c000-000000000046}", IUnknown.class);

  /**
   * The object's other face. An object answers to each interface that it implements; one that hands
   * out further objects overrides this.
   *
   * @throws MapiException {@code MAPI_E_INTERFACE_NOT_SUPPORTED} when the object does not answer to
   *     it
   */
  default <T extends IUnknown> T queryInterface(InterfaceId<T> iid) throws MapiException {
    if (iid.type().isInstance(this)) {
      return iid.type().cast(this);
    }
    throw new MapiException(
        HResult.MAPI_E_INTERFACE_NOT_SUPPORTED, "this object has no interface " + iid);
  }
}
