package no.spor.ledger.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A proof in a file (C2SP `tlog-proof`) that a record stands in a log: its header in `extra`, its
/// position, the path to a signed root. Immutable.
public final class InclusionProof {
  /// The first line of such a file.
  public static final String FIRST_LINE = "c2sp.org/tlog-proof@v1";

  private static final int MAX_HASHES = 64;

  private final byte[] header;
  private final long index;
  private final List<byte[]> path;
  private final CheckpointNote checkpoint;
  private final byte[] note;

  private InclusionProof(
      byte[] header, long index, List<byte[]> path, CheckpointNote checkpoint, byte[] note) {
    this.header = header;
    this.index = index;
    this.path = path;
    this.checkpoint = checkpoint;
    this.note = note;
  }

  /// @throws IllegalArgumentException where the bytes are no such proof; says why
  public static InclusionProof parse(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    int blank = text.indexOf("\n\n");
    if (blank < 0 || !text.startsWith(FIRST_LINE + "\n")) {
      throw new IllegalArgumentException("it is no proof: its first line is not " + FIRST_LINE);
    }
    var lines = text.substring(0, blank).split("\n", -1);
    if (lines.length < 3 || !lines[1].startsWith("extra ")) {
      throw new IllegalArgumentException("it has no line extra, which holds the header");
    }
    if (!lines[2].matches("index (0|[1-9][0-9]{0,17})")) {
      throw new IllegalArgumentException("it has no line index");
    }
    var path = new ArrayList<byte[]>();
    for (int i = 3; i < lines.length; i++) {
      path.add(CheckpointNote.hash(lines[i]));
    }
    if (path.size() > MAX_HASHES) {
      throw new IllegalArgumentException("its path is longer than any tree is high");
    }
    var note = text.substring(blank + 2).getBytes(StandardCharsets.UTF_8);
    return new InclusionProof(
        CheckpointNote.base64(lines[1].substring("extra ".length())),
        Long.parseLong(lines[2].substring("index ".length())),
        path,
        CheckpointNote.parse(note),
        note);
  }

  /// @return the record's position in the log
  public long position() {
    return index;
  }

  /// @return the record's header, which the proof rests on
  public byte[] header() {
    return header.clone();
  }

  /// @return the signed checkpoint, as it was read
  public byte[] note() {
    return note.clone();
  }

  public CheckpointNote checkpoint() {
    return checkpoint;
  }

  /// @param keys whose signature under the checkpoint counts
  /// @return why it proves nothing; null where it proves that the header stands at the position
  public @Nullable String flaw(Collection<VerifierKey> keys) {
    var unsigned = checkpoint.signatureFlaw(keys);
    if (unsigned != null) {
      return unsigned;
    }
    var leaf = new byte[Sha256.BYTES];
    var sha256 = new Sha256();
    sha256.leaf(sha256.with(header).hash(), 0, leaf, 0);
    return inclusionFlaw(leaf, index, checkpoint.size(), path, checkpoint.root());
  }

  /// RFC 9162 §2.1.3.2.
  ///
  /// @return null where the leaf stands at the index of the tree of that size and root
  static @Nullable String inclusionFlaw(
      byte[] leaf, long index, long size, List<byte[]> path, byte[] root) {
    if (index >= size) {
      return "the position is not covered by the checkpoint";
    }
    var sha256 = new Sha256();
    var hash = leaf.clone();
    long node = index;
    long last = size - 1;
    for (var sibling : path) {
      if (last == 0) {
        return "the path is too long";
      }
      if ((node & 1) == 1 || node == last) {
        sha256.node(sibling, 0, hash, 0, hash, 0);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        sha256.node(hash, 0, sibling, 0, hash, 0);
      }
      node >>>= 1;
      last >>>= 1;
    }
    if (last != 0) {
      return "the path is too short";
    }
    return Arrays.equals(hash, root) ? null : "the path does not lead to the checkpoint's root";
  }

  /// RFC 9162 §2.1.4.2.
  ///
  /// @return null where the tree of the first size and root is the beginning of the second
  static @Nullable String consistencyFlaw(
      long first, byte[] firstRoot, long second, byte[] secondRoot, List<byte[]> path) {
    if (first > second || first == 0) {
      return "there is no such proof";
    }
    if (first == second) {
      return path.isEmpty() && Arrays.equals(firstRoot, secondRoot) ? null : "the roots differ";
    }
    var hashes = new ArrayList<>(path);
    if (Long.bitCount(first) == 1) {
      hashes.addFirst(firstRoot);
    }
    if (hashes.isEmpty()) {
      return "the path is too short";
    }
    long node = first - 1;
    long last = second - 1;
    while ((node & 1) == 1) {
      node >>>= 1;
      last >>>= 1;
    }
    var sha256 = new Sha256();
    var one = hashes.getFirst().clone();
    var other = one.clone();
    for (var sibling : hashes.subList(1, hashes.size())) {
      if (last == 0) {
        return "the path is too long";
      }
      if ((node & 1) == 1 || node == last) {
        sha256.node(sibling, 0, one, 0, one, 0);
        sha256.node(sibling, 0, other, 0, other, 0);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        sha256.node(other, 0, sibling, 0, other, 0);
      }
      node >>>= 1;
      last >>>= 1;
    }
    boolean holds = last == 0 && Arrays.equals(one, firstRoot) && Arrays.equals(other, secondRoot);
    return holds ? null : "the path does not lead from one root to the other";
  }

  /// @return why the tree of one checkpoint is not the beginning of the other's; null where it is
  /// @param path consistency proof (RFC 6962 §2.1.2), one hash a line, base64
  public static @Nullable String consistencyFlaw(
      CheckpointNote first, CheckpointNote second, List<String> path) {
    var hashes = new ArrayList<byte[]>();
    try {
      path.forEach(line -> hashes.add(CheckpointNote.hash(line)));
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    return consistencyFlaw(
        first.size(), first.root(), second.size(), second.root(), List.copyOf(hashes));
  }
}
