package io.mailtide.mapi;

/**
 * An interface's identifier (IID) and the Java type that it stands for; each interface holds its
 * own as {@code IID}.
 *
 * @param guid the identifier
 * @param type the interface
 */
public record InterfaceId<T extends IUnknown>(Guid guid, Class<T> type) {
  static <T extends IUnknown> InterfaceId<T> of(String guid, Class<T> type) {
    return new InterfaceId<>(Guid.parse(guid), type);
  }

  /** The interface's name and identifier. */
  @Override
  public String toString() {
    return type.getSimpleName() + " " + guid;
  }
}
