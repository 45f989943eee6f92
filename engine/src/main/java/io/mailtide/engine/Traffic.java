package io.mailtide.engine;

/**
 * What a replica has exchanged with its other end since it was opened.
 *
 * @param bytesIn bytes received, as on the wire
 * @param bytesOut bytes sent, as on the wire
 * @param roundTrips times that the replica had to wait for an answer
 */
public record Traffic(long bytesIn, long bytesOut, long roundTrips) {
  public static final Traffic NONE = new Traffic(0, 0, 0);

  public Traffic plus(Traffic that) {
    return new Traffic(
        bytesIn + that.bytesIn, bytesOut + that.bytesOut, roundTrips + that.roundTrips);
  }
}
