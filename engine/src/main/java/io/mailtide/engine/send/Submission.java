package io.mailtide.engine.send;

import io.mailtide.engine.send.Transport.Reports;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * A message handed in to be sent, as programs hand it to sendmail.
 *
 * @param content the message; lines may end with LF or CRLF, and a first line that begins with
 *     {@code From } is dropped
 * @param dotEnds whether a line with a dot alone ends it
 * @param recipients addresses, or lists of them as in a header (RFC 5322 section 3.4)
 * @param recipientsInHeader whether those named in To, Cc and Bcc (in a message that is resent, in
 *     the first block of Resent-To, Resent-Cc and Resent-Bcc) are recipients, too
 * @param sender where reports of failure go to, {@code <>} for nobody; absent: the address in the
 *     header, and where it names none, that of a transport
 * @param fullName the sender's name, for a message without a field From
 * @param reports what the sender wants to be told of its way
 */
public record Submission(
    InputStream content,
    boolean dotEnds,
    List<String> recipients,
    boolean recipientsInHeader,
    Optional<String> sender,
    Optional<String> fullName,
    Reports reports) {
  public Submission {
    recipients = List.copyOf(recipients);
  }
}
