package no.spor.cli;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.SignedNote;

/// A log as any server of static files could hold it (C2SP `tlog-tiles`): entries of made-up bytes,
/// tiles and checkpoint made here, with no code of the ledger's tree.
final class StaticLog {
  private static final String ORIGIN = "log.example/static";
  private static final int WIDTH = 256;
  private static final Pattern TILE =
      Pattern.compile("/ledger/tile/(entries|\\d)/((?:x\\d{3}/)*\\d{3})(?:\\.p/(\\d+))?");

  private final NoteKey key;
  private final byte[][] entries;
  private final byte[] newest;

  /// Of each level of tiles all hashes.
  private final List<byte[][]> levels = new ArrayList<>();

  StaticLog(int size, long seed, NoteKey key) throws Exception {
    this.key = key;
    entries = new byte[size][32];
    var random = new Random(seed);
    var sha256 = MessageDigest.getInstance("SHA-256");
    var hashes = new byte[size][];
    for (int i = 0; i < size; i++) {
      random.nextBytes(entries[i]);
      sha256.update(new byte[] {0, 1});
      hashes[i] = sha256.digest(entries[i]);
    }
    for (int height = 0; hashes.length > 0; height++) {
      if (height % 8 == 0) {
        levels.add(hashes);
      }
      var above = new byte[hashes.length / 2][];
      for (int i = 0; i < above.length; i++) {
        above[i] = node(hashes[2 * i], hashes[2 * i + 1]);
      }
      hashes = above;
    }
    newest = checkpoint(size);
  }

  static NoteKey key() {
    return NoteKey.generate(ORIGIN, KeyType.ED25519, new SecureRandom());
  }

  private static byte[] node(byte[] left, byte[] right) throws Exception {
    var sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update((byte) 1);
    sha256.update(left);
    return sha256.digest(right);
  }

  /// @return a signed checkpoint over the first `size` entries
  byte[] checkpoint(int size) throws Exception {
    var root = Base64.getEncoder().encodeToString(root(0, size));
    var signer = key.signer(InstantSource.system());
    return SignedNote.of(ORIGIN + "\n" + size + "\n" + root + "\n", List.of(signer)).bytes();
  }

  private byte[] root(int from, int size) throws Exception {
    if (size == 1) {
      return levels.getFirst()[from];
    }
    int half = Integer.highestOneBit(size - 1);
    return node(root(from, half), root(from + half, size - half));
  }

  byte[] serve(URI uri, String authorization) {
    try {
      var path = uri.getPath();
      if (path.equals("/ledger/checkpoint")) {
        return newest;
      }
      if (path.equals("/ledger/key")) {
        return (key.verifier().vkey() + "\n").getBytes(StandardCharsets.UTF_8);
      }
      var tile = TILE.matcher(path);
      return tile.matches()
          ? tile(
              tile.group(1),
              Integer.parseInt(tile.group(2).replaceAll("\\D", "")),
              tile.group(3) == null ? WIDTH : Integer.parseInt(tile.group(3)))
          : ServedBytes.NOT_THERE;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] tile(String level, int index, int width) {
    boolean bundle = level.equals("entries");
    var all = bundle ? entries : levels.get(Integer.parseInt(level));
    int from = index * WIDTH;
    if (from + width > all.length) {
      return ServedBytes.NOT_THERE;
    }
    var bytes = new ByteArrayOutputStream();
    for (var hash : Arrays.copyOfRange(all, from, from + width)) {
      if (bundle) {
        bytes.writeBytes(new byte[] {0, 33, 1});
      }
      bytes.writeBytes(hash);
    }
    return bytes.toByteArray();
  }
}
