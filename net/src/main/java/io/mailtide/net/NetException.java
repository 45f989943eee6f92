package io.mailtide.net;

import java.io.IOException;

/** Carries a {@link NetFailure}. Only the failure is for decisions; the message is for people. */
public final class NetException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient NetFailure failure;

  NetException(NetFailure failure) {
    super(failure.text());
    this.failure = failure;
  }

  NetException(NetFailure failure, Throwable cause) {
    super(failure.text(), cause);
    this.failure = failure;
  }

  public NetFailure failure() {
    return failure;
  }
}
