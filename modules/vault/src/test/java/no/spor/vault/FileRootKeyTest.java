package no.spor.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRootKeyTest {
  private static final byte[] WHAT = {1, 2, 3};

  @TempDir Path folder;
  private final SecureRandom random = new SecureRandom();

  @Test
  void aFreshRootIsReadableByItsOwnerOnlyAndLeavesNothingElse() throws Exception {
    Path file = folder.resolve("root.key");
    FileRootKey root = FileRootKey.openOrCreate(file, random);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file)).matches("spor-root-1:[0-9a-f]{64}\n");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(root.created()).isTrue();
    assertThat(root.notice()).contains(file.toString(), "apart from the data");
    assertThat(root.toString()).doesNotContain(Files.readString(file).substring(12, 40));
    assertThat(FileRootKey.openOrCreate(file, random).created()).isFalse();
  }

  @Test
  void whatItWrapsOpensAgainAfterARestartAndWithNoOtherRoot() {
    Path file = folder.resolve("root.key");
    SecretBytes key = SecretBytes.random(random, 32);
    byte[] wrapped = FileRootKey.openOrCreate(file, random).wrap(key, WHAT);
    FileRootKey again = FileRootKey.open(file, random);
    assertThat(again.unwrap(wrapped, WHAT)).isEqualTo(key);
    assertThatThrownBy(() -> again.unwrap(wrapped, new byte[] {1, 2, 4}))
        .isInstanceOf(WrongRootException.class);
    FileRootKey other = FileRootKey.openOrCreate(folder.resolve("other.key"), random);
    assertThatThrownBy(() -> other.unwrap(wrapped, WHAT))
        .isInstanceOf(WrongRootException.class)
        .hasMessageContaining("other.key");
    assertThatThrownBy(() -> again.unwrap(new byte[5], WHAT))
        .isInstanceOf(WrongRootException.class);
  }

  @Test
  void aRootThatOthersMayReadIsRefused() throws Exception {
    Path file = folder.resolve("root.key");
    FileRootKey.openOrCreate(file, random).close();
    for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----", "rw------x")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      assertThatThrownBy(() -> FileRootKey.openOrCreate(file, random))
          .as(mode)
          .isInstanceOf(WrongRootException.class)
          .hasMessageContaining("chmod 600");
    }
  }

  @Test
  void whatIsNoRootIsRefusedAndNotShown() throws Exception {
    Path file = folder.resolve("root.key");
    FileRootKey.openOrCreate(file, random).close();
    String sound = Files.readString(file);
    List<String> wrong = new ArrayList<>(List.of("", sound + sound, sound.trim(), sound + "\n"));
    wrong.add(sound.replace("spor-root-1", "spor-root-2"));
    wrong.add(sound.substring(0, 20) + "X" + sound.substring(21));
    wrong.add(sound.substring(0, 20) + "A" + sound.substring(21));
    wrong.add(sound.trim() + " ");
    for (String text : wrong) {
      Files.write(file, text.getBytes(StandardCharsets.US_ASCII));
      assertThatThrownBy(() -> FileRootKey.openOrCreate(file, random))
          .isInstanceOf(WrongRootException.class)
          .hasMessageNotContaining(sound.substring(24, 60));
    }
  }

  @Test
  void aMissingRootIsNotReplacedWhereOneMustBe() {
    assertThatThrownBy(() -> FileRootKey.open(folder.resolve("root.key"), random))
        .isInstanceOf(WrongRootException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void ofSeveralThatStartAtOnceAllUseOneRoot() throws Exception {
    for (int round = 0; round < 20; round++) {
      Path file = folder.resolve("root" + round);
      CountDownLatch start = new CountDownLatch(1);
      List<Future<FileRootKey>> futures = new ArrayList<>();
      try (var threads = Executors.newFixedThreadPool(6)) {
        for (int i = 0; i < 6; i++) {
          futures.add(
              threads.submit(() -> {
                start.await();
                return FileRootKey.openOrCreate(file, random);
              }));
        }
        start.countDown();
      }
      SecretBytes key = SecretBytes.random(random, 32);
      byte[] wrapped = futures.getFirst().get().wrap(key, WHAT);
      int created = 0;
      for (Future<FileRootKey> future : futures) {
        assertThat(future.get().unwrap(wrapped, WHAT)).isEqualTo(key);
        created += future.get().created() ? 1 : 0;
      }
      assertThat(created).isEqualTo(1);
    }
  }
}
