package io.mailtide.cli.training;

import io.mailtide.cli.Main;
import io.mailtide.demo.DemoMail;
import io.mailtide.demo.DemoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Does what users do most often, in one process, while the virtual machine notes for its cache what
 * it loads and links on the way ({@code -XX:AOTCacheOutput}). Started by {@code ./build package}.
 */
public final class Training {
  /** The demonstration's server knows no SCRAM, and most servers do. */
  private static final Pattern SIGN_IN = Pattern.compile("(scram-|saslprep|stringprep).*\\.jar");

  private static final String OWN_SIGN_IN = "io/mailtide/wire/sasl/";

  private Training() {}

  /** Takes an empty directory to work in. */
  public static void main(String[] arguments)
      throws IOException, ClassNotFoundException, GeneralSecurityException {
    var directory = Path.of(arguments[0]);
    try (var server = DemoServer.start(DemoMail.load())) {
      var config =
          Files.writeString(directory.resolve("config.toml"), server.configuration("demo"));
      for (var options : List.of("--no-color", "--quiet", "--json")) {
        Main.run(List.of("--config", config.toString(), options, "sync"));
      }
      Main.run(List.of("--config", config.toString(), "status"));
      Main.run(List.of("--version"));
    }
    signIn();
  }

  private static void signIn()
      throws IOException, ClassNotFoundException, GeneralSecurityException {
    var dist = Path.of(System.getProperty("java.class.path")).toAbsolutePath().getParent();
    var jars = new ArrayList<Path>();
    try (var entries = Files.list(dist)) {
      entries.filter(file -> file.toString().endsWith(".jar")).forEach(jars::add);
    }
    for (var jar : jars) {
      var whole = SIGN_IN.matcher(jar.getFileName().toString()).matches();
      try (var open = new JarFile(jar.toFile())) {
        for (var entry : open.stream().map(one -> one.getName()).toList()) {
          if (entry.endsWith(".class")
              && !entry.contains("-info")
              && (whole || entry.startsWith(OWN_SIGN_IN))) {
            Class.forName(entry.replace('/', '.').replaceFirst("\\.class$", ""));
          }
        }
      }
    }
    Normalizer.normalize("ª", Normalizer.Form.NFKC);
    var key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
        .generateSecret(new PBEKeySpec("x".toCharArray(), new byte[16], 4096, 256));
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getEncoded(), "HmacSHA256"));
    mac.doFinal();
  }
}
