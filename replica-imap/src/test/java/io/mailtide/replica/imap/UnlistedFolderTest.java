package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.SyntheticMail;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A folder that is missing from the list is asked for by its name. */
final class UnlistedFolderTest {
  @Test
  void thatIsThereAllTheSame_isOpened_andOneThatIsNot_isNotFound() throws FaultException {
    try (var dovecot = Dovecot.start()) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 1, 500, 1);
      var name = FolderName.parse("A/Entwürfe & mehr");
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        var missing = catchThrowableOfType(FaultException.class, () -> replica.open(name));
        assertThat(missing.fault().kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(missing.fault().folder()).contains(name);
        try (var talk = dovecot.talk("ann")) {
          talk.send("CREATE \"A/Entw&APw-rfe &- mehr\"");
        }
        assertThat(replica.open(name).name()).isEqualTo(name);
      }
    }
  }
}
