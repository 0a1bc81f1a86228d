package no.spor.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A root on a token, against SoftHSM (Debian package `softhsm2`, installed by `.ci/run`). Skipped,
/// with the reason printed, where it is not installed.
class Pkcs11RootKeyTest {
  private static final byte[] AAD = "spor/epoch/v1".getBytes(StandardCharsets.US_ASCII);
  private static final String PIN = "4711-0815";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static Path library = Path.of("/");
  private static String slot = "";
  private static String lockedSlot = "";

  @TempDir Path temp;

  @BeforeAll
  static void initializeAToken() throws Exception {
    Path found =
        List.of(
                "/usr/lib/softhsm/libsofthsm2.so",
                "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
                "/usr/lib64/softhsm/libsofthsm2.so",
                "/usr/local/lib/softhsm/libsofthsm2.so")
            .stream()
            .map(Path::of)
            .filter(Files::exists)
            .findFirst()
            .orElse(null);
    String configuration = System.getenv("SOFTHSM2_CONF");
    String reason =
        found == null
            ? "no SoftHSM here (Debian: apt-get install softhsm2)"
            : configuration == null ? "SOFTHSM2_CONF is not set: run by Maven" : "";
    if (!reason.isEmpty()) {
      System.out.println("Pkcs11RootKeyTest is skipped: " + reason);
    }
    assumeTrue(reason.isEmpty(), reason);
    library = Objects.requireNonNull(found);
    Path conf = Path.of(Objects.requireNonNull(configuration));
    Path tokens = Files.createTempDirectory(conf.toAbsolutePath().getParent(), "tokens");
    Files.writeString(
        conf,
        "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
    slot = token("spor-test");
    lockedSlot = token("locked");
  }

  private static String token(String label) throws IOException {
    Process made =
        new ProcessBuilder(
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label",
                label,
                "--pin",
                PIN,
                "--so-pin",
                PIN)
            .redirectErrorStream(true)
            .start();
    String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher number = Pattern.compile("reassigned to slot (\\d+)").matcher(said);
    assertThat(number.find()).as(said).isTrue();
    return number.group(1);
  }

  @Test
  void aTokensKeyWrapsForOnePlaceAndIsFoundAgain() throws IOException {
    Path file = rootFile("wraps", PIN);
    byte[] wrapped;
    SecretBytes epoch = SecretBytes.random(RANDOM, 32);
    try (RootKey root = RootKey.open(file, true, null, RANDOM)) {
      assertThat(root.created()).isTrue();
      wrapped = root.wrap(epoch, AAD);
      assertThat(wrapped).hasSize(61).startsWith(2);
      assertThat(root.wrap(epoch, AAD)).isNotEqualTo(wrapped);
    }
    try (RootKey root = RootKey.open(file, false, null, RANDOM)) {
      assertThat(root.created()).isFalse();
      assertThat(root.notice()).contains("wraps").doesNotContain(PIN);
      assertThat(root.unwrap(wrapped, AAD)).isEqualTo(epoch);
      assertRefused(root, wrapped, "spor/epoch/v2".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < wrapped.length; i++) {
        byte[] changed = wrapped.clone();
        changed[i] ^= 1;
        assertRefused(root, changed, AAD);
      }
      assertThat(root.unwrap(wrapped, AAD)).as("after refusals").isEqualTo(epoch);
    }
  }

  @Test
  void anotherKeyOfTheTokenAndAFileDoNotOpenIt() throws IOException {
    RootKey root = RootKey.open(rootFile("mine", PIN), true, null, RANDOM);
    byte[] wrapped = root.wrap(SecretBytes.random(RANDOM, 32), AAD);
    assertRefused(RootKey.open(rootFile("theirs", PIN), true, null, RANDOM), wrapped, AAD);
    RootKey inAFile = RootKey.open(temp.resolve("root.key"), true, null, RANDOM);
    assertRefused(inAFile, wrapped, AAD);
    assertRefused(root, inAFile.wrap(SecretBytes.random(RANDOM, 32), AAD), AAD);
  }

  @Test
  void aMissingKeyIsMadeAtAFirstStartOnly() throws IOException {
    Path file = rootFile("missing", PIN);
    assertThatThrownBy(() -> RootKey.open(file, false, null, RANDOM))
        .isInstanceOf(WrongRootException.class)
        .hasMessageContaining("no secret key labelled missing");
    RootKey.open(file, true, null, RANDOM).close();
    RootKey.open(file, false, null, RANDOM).close();
  }

  @Test
  void thePinComesFromAFileOfItsOwnOrFromTheEnvironmentAndIsNeverSaid() throws IOException {
    Path file = rootFile("pin", null);
    assertThatThrownBy(() -> RootKey.open(file, true, null, RANDOM))
        .isInstanceOf(WrongRootException.class)
        .hasMessageContaining("SPOR_ROOT_PIN");
    Path locked = temp.resolve("locked.root"); // a token that nobody has logged in to
    write(locked, Files.readString(file).replace(slot, lockedSlot));
    assertThatThrownBy(() -> RootKey.open(locked, true, "9999-9999", RANDOM))
        .isInstanceOf(WrongRootException.class)
        .hasMessageNotContaining("9999");
    RootKey.open(file, true, PIN, RANDOM).close();
    Path open = rootFile("pin-open", PIN);
    Files.setPosixFilePermissions(
        temp.resolve("pin-open.pin"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> RootKey.open(open, true, null, RANDOM))
        .isInstanceOf(WrongRootException.class)
        .hasMessageContaining("open to others");
  }

  @Test
  void aRootFileThatOthersCouldChangeOrThatNamesNothingSoundIsRefused() throws IOException {
    Path file = rootFile("open", PIN);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
    assertThatThrownBy(() -> RootKey.open(file, true, null, RANDOM))
        .isInstanceOf(WrongRootException.class)
        .hasMessageContaining("open to others");
    for (String bad :
        List.of(
            "library = /nowhere/lib.so\nslot = " + slot + "\nkey = k\n",
            "library = relative.so\nslot = " + slot + "\nkey = k\n",
            "library = " + library + "\nslot = none\nkey = k\n",
            "library = " + library + "\nslot = 7\nkey = k\n",
            "library = " + library + "\nslot = " + slot + "\nkey = \"}\n",
            "library = " + library + "\nslot = " + slot + "\n")) {
      Path broken = temp.resolve("broken.key");
      write(broken, "spor-root-pkcs11-1\n" + bad);
      assertThatThrownBy(() -> RootKey.open(broken, true, PIN, RANDOM))
          .as(bad)
          .isInstanceOf(WrongRootException.class);
    }
  }

  private static void assertRefused(RootKey root, byte[] wrapped, byte[] aad) {
    assertThatThrownBy(() -> root.unwrap(wrapped, aad)).isInstanceOf(WrongRootException.class);
  }

  private Path rootFile(String label, @Nullable String pin) throws IOException {
    Path file = temp.resolve(label + ".root");
    String text =
        "spor-root-pkcs11-1\nlibrary = " + library + "\nslot = " + slot + "\nkey = " + label + "\n";
    if (pin != null) {
      write(temp.resolve(label + ".pin"), pin + "\n");
      text += "pin-file = " + label + ".pin\n";
    }
    write(file, text);
    return file;
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
