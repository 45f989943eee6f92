package io.mailtide.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The real messages of the demonstration, in memory: some hundreds in several folders.
 * {@code SOURCE.md} beside the archive says where they come from.
 */
public final class DemoMail {
  /** From the archive's groups to the folders of a mailbox. */
  private static final Map<String, String> FOLDERS = Map.of(
      "easy-ham-1", "INBOX",
      "easy-ham-2", "Lists/Déjà lu",
      "hard-ham-1", "Lists/Newsletters",
      "spam-1", "Junk",
      "spam-2", "Junk/2002");

  private static final Instant FIRST_ARRIVAL = Instant.parse("2002-08-22T12:17:22Z");
  private static final Duration BETWEEN_ARRIVALS = Duration.ofMinutes(97);

  private DemoMail() {}

  /**
   * A folder.
   *
   * @param name its name, decoded, levels joined with {@code /}
   */
  public record Folder(String name, List<Message> messages) {
    public Folder {
      messages = List.copyOf(messages);
    }
  }

  /** A message. */
  public static final class Message {
    private final Set<String> flags;
    private final Instant arrived;
    private final byte[] bytes;

    Message(Set<String> flags, Instant arrived, byte[] bytes) {
      this.flags = Set.copyOf(flags);
      this.arrived = arrived;
      this.bytes = bytes;
    }

    /** Its flags and keywords, for instance {@code \Seen}. */
    public Set<String> flags() {
      return flags;
    }

    /** When it arrived at the server. */
    public Instant arrived() {
      return arrived;
    }

    /** The message as on the wire, lines ended by CRLF; a copy. */
    public byte[] bytes() {
      return bytes.clone();
    }
  }

  /** Reads them all, always the same. */
  public static List<Folder> load() {
    var folders = new LinkedHashMap<String, List<Message>>();
    try (var in = Objects.requireNonNull(DemoMail.class.getResourceAsStream("mail.zip"));
        var zip = new ZipInputStream(in)) {
      int index = 0;
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        var group = entry.getName().substring(0, entry.getName().indexOf('/'));
        var folder = Objects.requireNonNull(FOLDERS.get(group));
        folders.computeIfAbsent(folder, _ -> new ArrayList<>()).add(message(index++, wire(zip)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the archive of the demonstration is damaged", e);
    }
    return folders.entrySet().stream()
        .map(folder -> new Folder(folder.getKey(), folder.getValue()))
        .toList();
  }

  private static Message message(int index, byte[] bytes) {
    var flags = new LinkedHashSet<String>();
    if (index % 3 != 0) {
      flags.add("\\Seen");
    }
    if (index % 7 == 1) {
      flags.add("\\Answered");
    }
    if (index % 11 == 2) {
      flags.add("\\Flagged");
    }
    if (index % 13 == 3) {
      flags.add("$Forwarded");
    }
    return new Message(flags, FIRST_ARRIVAL.plus(BETWEEN_ARRIVALS.multipliedBy(index)), bytes);
  }

  /** The archive has lines ended by LF, or as they came; a message travels with CRLF. */
  private static byte[] wire(InputStream in) throws IOException {
    var out = new ByteArrayOutputStream();
    int before = -1;
    for (byte each : in.readAllBytes()) {
      if (each == '\n' && before != '\r') {
        out.write('\r');
      }
      out.write(each);
      before = each;
    }
    return out.toByteArray();
  }
}
