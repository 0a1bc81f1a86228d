package no.spor.benchmark;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What the machine can do at all with the same bytes.
final class Limits {
  private Limits() {}

  static List<Scenario> all() {
    return List.of(
        Scenario.of("limit-fsync", Groups.INGEST, "limit: write and fsync", Limits::fsync),
        Scenario.of("limit-cipher", Groups.INGEST, "limit: AES-GCM and SHA-256", Limits::cipher),
        Scenario.of("limit-both", Groups.INGEST, "limit: both", Limits::both));
  }

  private static List<Figure> fsync(Run run) throws Exception {
    return measured(run, false, true);
  }

  private static List<Figure> cipher(Run run) throws Exception {
    return measured(run, true, false);
  }

  private static List<Figure> both(Run run) throws Exception {
    return measured(run, true, true);
  }

  private static List<Figure> measured(Run run, boolean seal, boolean write) throws Exception {
    pass(run, run.warmUpBatches(), seal, write);
    var batches = run.batches();
    long begun = System.nanoTime();
    pass(run, batches, seal, write);
    return List.of(Figure.rate(run.events(), System.nanoTime() - begun));
  }

  private static void pass(Run run, List<byte[]> batches, boolean seal, boolean write)
      throws Exception {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    var digest = MessageDigest.getInstance("SHA-256");
    var nonce = ByteBuffer.allocate(12);
    var out = new byte[1 << 12];
    try (var file =
        FileChannel.open(
            run.fresh("limit").resolve("file"),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (var batch : batches) {
        if (seal) {
          seal(batch, cipher, digest, nonce, out);
        }
        if (write) {
          file.write(ByteBuffer.wrap(batch));
          file.force(false);
        }
      }
    }
  }

  /// Each event under another key, as everybody's are.
  private static void seal(
      byte[] batch, Cipher cipher, MessageDigest digest, ByteBuffer nonce, byte[] out)
      throws Exception {
    var key = new byte[32];
    for (int from = 0; from < batch.length; ) {
      int end = from;
      while (batch[end] != '\n') {
        end++;
      }
      nonce.putLong(0, nonce.getLong(0) + 1);
      System.arraycopy(nonce.array(), 0, key, 0, 8);
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key, "AES"),
          new GCMParameterSpec(128, nonce.array()));
      int length = cipher.doFinal(batch, from, end - from, out, 0);
      digest.update(out, 0, length);
      digest.digest();
      from = end + 1;
    }
  }
}
