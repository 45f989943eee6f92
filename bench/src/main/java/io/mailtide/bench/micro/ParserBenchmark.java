package io.mailtide.bench.micro;

import io.mailtide.wire.Step;
import io.mailtide.wire.imap.Limits;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.ResponseReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Reading what an IMAP server sends: the cost of one response. */
@State(Scope.Thread)
public class ParserBenchmark {
  private static final int RESPONSES = 1_000;
  private static final int BODY_BYTES = 5_000;

  private final ByteBuffer flags = responses("FLAGS (\\Seen $Forwarded) MODSEQ (%2$d))\r\n");
  private final ByteBuffer bodies = responses("FLAGS (\\Seen) INTERNALDATE \"14-Sep-2020 12:00:00"
      + " +0000\" RFC822.SIZE " + BODY_BYTES + " BODY[] {" + BODY_BYTES + "}\r\n"
      + "x".repeat(BODY_BYTES) + ")\r\n");

  private static ByteBuffer responses(String items) {
    var text = new StringBuilder();
    for (var number = 1; number <= RESPONSES; number++) {
      text.append(("* %1$d FETCH (UID %2$d " + items).formatted(number, number + 10_000));
    }
    return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** A message's flags, as a scan gets them. */
  @Benchmark
  @OperationsPerInvocation(RESPONSES)
  public void flags(Blackhole sink) {
    read(flags.duplicate(), sink);
  }

  /** A message of 5 kB with its body, as a pull gets it. */
  @Benchmark
  @OperationsPerInvocation(RESPONSES)
  public void bodies(Blackhole sink) {
    read(bodies.duplicate(), sink);
  }

  private static void read(ByteBuffer arrived, Blackhole sink) {
    var reader = new ResponseReader(Limits.DEFAULT);
    reader.accept(arrived);
    var step = reader.next();
    for (; step instanceof Step.Emit<Response>(var response); step = reader.next()) {
      if (response instanceof Response.Malformed) {
        throw new IllegalStateException("not understood: " + response);
      }
      sink.consume(response);
    }
    if (!(step instanceof Step.Starved<Response>)) {
      throw new IllegalStateException("not understood: " + step);
    }
  }
}
