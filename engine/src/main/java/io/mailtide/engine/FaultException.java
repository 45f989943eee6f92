package io.mailtide.engine;

/**
 * Carries a {@link Fault} out of a port. Thrown by replicas, caught by the engine where the fault's
 * reach ends.
 */
public final class FaultException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Fault fault;

  public FaultException(Fault fault) {
    super(fault.doing() + ": " + fault.said());
    this.fault = fault;
  }

  public FaultException(Fault fault, Throwable cause) {
    this(fault);
    initCause(cause);
  }

  public Fault fault() {
    return fault;
  }
}
