package no.spor.ledger;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;
import static no.spor.ledger.LedgerFormat.KIND_DROPPED;
import static no.spor.ledger.LedgerFormat.KIND_KEPT;
import static no.spor.ledger.LedgerFormat.KIND_NONE;
import static no.spor.ledger.LedgerFormat.MAX_PARTS;
import static no.spor.ledger.LedgerFormat.MAX_PART_BYTES;
import static no.spor.ledger.LedgerFormat.VERSION;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Reads part groups in their stored form and drops parts of them (`FORMAT.md`, "Part group").
/// Reading is strict: whatever the format does not allow is a [LedgerDamageException].
public final class PartGroups {
  private static final byte[] PART_DOMAIN = "spor/part/v1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int ITEM_BYTES = 4;

  private PartGroups() {}

  /// Is given the items of a group in order.
  @FunctionalInterface
  public interface ItemVisitor {
    /// @param kind `00` none, `01` kept, `02` dropped
    /// @param offset where the part's bytes, or its digest, begin in the group
    /// @param length how many bytes the part, or its digest, has; 0 for none
    void item(int record, int part, byte kind, int offset, int length);
  }

  /// What a drop left.
  ///
  /// @param group the group afterwards; the very same array where nothing was dropped
  /// @param count how many parts were dropped now
  public record Drop(byte[] group, int count) {}

  /// @throws LedgerDamageException where the bytes are no part group
  public static void read(byte[] group, ItemVisitor visitor) {
    read(group, 0, group.length, visitor);
  }

  /// A group of some records' items alone, in stored form; empty where it has none of theirs.
  ///
  /// @param bytes hold a group in stored form, from `from` up to `to`
  /// @throws LedgerDamageException where the bytes are no part group
  public static byte[] only(byte[] bytes, int from, int to, BitSet records) {
    var kept = new ByteArrayOutputStream();
    read(
        bytes,
        from,
        to,
        (record, part, kind, offset, length) -> {
          if (records.get(record)) {
            int begin = offset - ITEM_BYTES - (kind == KIND_KEPT ? 4 : 0);
            if (kept.size() == 0) {
              kept.write(VERSION);
            }
            kept.write(bytes, begin, offset + length - begin);
          }
        });
    return kept.toByteArray();
  }

  private static void read(byte[] group, int from, int to, ItemVisitor visitor) {
    if (from >= to || group[from] != VERSION) {
      throw new LedgerDamageException("part group of unknown version");
    }
    int at = from + 1;
    int before = -1;
    while (at < to) {
      require(to - at >= ITEM_BYTES, "part group ends within an item");
      int record = Bytes.u16(group, at);
      int part = group[at + 2] & 0xff;
      byte kind = group[at + 3];
      at += ITEM_BYTES;
      int address = record << 8 | part;
      require(part < MAX_PARTS && record < LedgerFormat.MAX_BLOCK_RECORDS, "part out of range");
      require(address > before, "parts not in order");
      before = address;
      int length = length(group, at, to, kind);
      if (kind == KIND_KEPT) {
        at += 4;
      }
      require(length <= to - at, "part group ends within a part");
      visitor.item(record, part, kind, at, length);
      at += length;
    }
    require(before >= 0, "part group without parts");
  }

  private static int length(byte[] group, int at, int to, byte kind) {
    return switch (kind) {
      case KIND_NONE -> 0;
      case KIND_DROPPED -> HASH_BYTES;
      case KIND_KEPT -> {
        require(to - at >= 4, "part group ends within a length");
        int length = Bytes.i32(group, at);
        require(length > 0 && length <= MAX_PART_BYTES, "part of impossible length");
        yield length;
      }
      default -> throw new LedgerDamageException("part of unknown kind");
    };
  }

  /// Replaces parts by their digests. Addresses that the group does not have, and parts that are
  /// dropped or none already, are passed over.
  public static Drop drop(byte[] group, Collection<PartAddress> parts) {
    var wanted = parts instanceof Set<PartAddress> set ? set : new HashSet<>(parts);
    var size = new int[] {group.length};
    var count = new int[1];
    read(
        group,
        (record, part, kind, offset, length) -> {
          if (kind == KIND_KEPT && wanted.contains(new PartAddress(record, part))) {
            size[0] += HASH_BYTES - 4 - length;
            count[0]++;
          }
        });
    if (count[0] == 0) {
      return new Drop(group, 0);
    }
    return new Drop(rewrite(group, wanted, size[0]), count[0]);
  }

  private static byte[] rewrite(byte[] group, Set<PartAddress> wanted, int size) {
    var sha256 = LedgerFormat.sha256();
    var left = new byte[size];
    left[0] = VERSION;
    var to = new int[] {1};
    read(
        group,
        (record, part, kind, offset, length) -> {
          int at = to[0];
          Bytes.putShort(left, at, record);
          left[at + 2] = (byte) part;
          at += ITEM_BYTES;
          if (kind == KIND_KEPT && wanted.contains(new PartAddress(record, part))) {
            left[at - 1] = KIND_DROPPED;
            System.arraycopy(digest(sha256, group, offset, length), 0, left, at, HASH_BYTES);
            to[0] = at + HASH_BYTES;
          } else {
            left[at - 1] = kind;
            int from = kind == KIND_KEPT ? offset - 4 : offset;
            System.arraycopy(group, from, left, at, offset + length - from);
            to[0] = at + offset + length - from;
          }
        });
    return left;
  }

  /// @return what a part's digest is: `H("spor/part/v1\n" || bytes)`
  static byte[] digest(MessageDigest sha256, byte[] bytes, int offset, int length) {
    update(sha256, bytes, offset, length);
    return sha256.digest();
  }

  static void update(MessageDigest sha256, byte[] bytes, int offset, int length) {
    sha256.update(PART_DOMAIN);
    sha256.update(bytes, offset, length);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new LedgerDamageException(otherwise);
    }
  }
}
