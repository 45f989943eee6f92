package io.mailtide.replica.maildir;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Side;
import io.mailtide.replica.maildir.disk.Directories;
import io.mailtide.replica.maildir.disk.Durability;
import java.nio.file.Files;
import java.util.List;

/** Makes replicas that are a tree of Maildir folders on this machine. */
public final class MaildirProvider implements ReplicaProvider {
  private static final String PATH = "path";
  private static final String LAYOUT = "layout";

  @Override
  public String type() {
    return "maildir";
  }

  @Override
  public Side side() {
    return Side.NEAR;
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        Setting.required(
            PATH, Setting.Kind.PATH, "the directory of the local mail, a Maildir tree"),
        Setting.choice(
            LAYOUT,
            List.of("fs", "maildir++"),
            "how folders become directories: nested ones (fs, the default), or .A.B beside each other"));
  }

  /**
   * Opens the tree; its root is created where it is missing.
   *
   * @throws FaultException {@link Kind#CONFIGURATION} when the path is missing or no directory,
   *     {@link Kind#DISK} when it cannot be made or written
   */
  @Override
  public Replica open(Settings settings, Context context) throws FaultException {
    var root = settings
        .path(PATH)
        .orElseThrow(() -> new FaultException(Fault.of(
            Kind.CONFIGURATION,
            Reach.REPLICA,
            "opening the local mail of " + settings.store(),
            "no path is set",
            "Give the store a path.")))
        .toAbsolutePath()
        .normalize();
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new FaultException(Fault.of(
          Kind.CONFIGURATION,
          Reach.REPLICA,
          "opening the local mail in " + root,
          "it is not a directory",
          "Set path to a directory."));
    }
    Faults.translate("creating the directory of the local mail", root, Reach.REPLICA, () -> {
      Directories.createAll(root);
      return root;
    });
    if (!Files.isWritable(root)) {
      throw new FaultException(Fault.of(
          Kind.DISK,
          Reach.REPLICA,
          "opening the local mail in " + root,
          "permission denied",
          "Make the directory writable, or set another path."));
    }
    var plus = settings.text(LAYOUT).filter("maildir++"::equals).isPresent();
    return new Maildir(
        new FolderPaths(root, plus),
        context,
        new Durability.WhenNeeded(Durability::best),
        UniqueNames.of(context));
  }
}
