package no.spor.ledger;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;
import static no.spor.ledger.LedgerFormat.SALT_BYTES;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Reads the records of a block, each checked against the entry that commits to it. Thread-safe.
///
/// A record whose header was dropped with its tenant has an empty stored header; it is absent.
public final class BlockReader {
  static final byte SALTS_FROM_SECRET = 1;
  static final byte SALTS_KEPT = 2;
  private static final int MAX_ITEMS = LedgerFormat.MAX_BLOCK_RECORDS * LedgerFormat.MAX_PARTS;

  private final Block block;
  private final int from;
  private final int end;

  // Where the parts of record r lie, counted from the first that is read: items starts[r] to
  // starts[r + 1], each of four numbers:
  // group, kind, offset, length.
  private final int[] starts;
  private final int[] items;

  // What every header of the block holds of its head.
  private final byte[] headHash;

  /// @throws LedgerDamageException where the block is not as the format demands
  public BlockReader(Block block) {
    this(block, 0, block.head().count());
  }

  /// Reads the records of an excerpt.
  ///
  /// @throws LedgerDamageException where the block is not as the format demands
  BlockReader(BlockExcerpt excerpt) {
    this(excerpt.block(), excerpt.from(), excerpt.from() + excerpt.block().headers().size());
  }

  private BlockReader(Block block, int from, int end) {
    this.block = block;
    this.from = from;
    this.end = end;
    int all = block.head().count();
    int count = end - from;
    require(all > 0 && all <= LedgerFormat.MAX_BLOCK_RECORDS, "impossible count");
    require(from >= 0 && count > 0 && end <= all, "records that are not the block's");
    require(block.headers().size() == count, "wrong number of headers");
    require(block.entries().length == count * HASH_BYTES, "wrong number of entries");
    require(block.head().previousHash().length == HASH_BYTES, "previous hash of wrong length");
    var salts = block.salts();
    boolean saltsFit =
        salts.length > 0
            && (salts[0] == SALTS_FROM_SECRET && salts.length == 1 + HASH_BYTES
                || salts[0] == SALTS_KEPT && salts.length == 1 + all * SALT_BYTES);
    require(saltsFit, "impossible salts");
    starts = new int[count + 1];
    countItems();
    items = new int[4 * starts[count]];
    indexItems();
    headHash = new Hashes().head(block.head());
  }

  public Block block() {
    return block;
  }

  /// @return position behind the last record that is read here
  long endPosition() {
    return block.head().firstPosition() + end;
  }

  /// @return all records, ascending
  /// @throws LedgerDamageException where one does not match its entry
  public List<LedgerRecord> records() {
    var records = new ArrayList<LedgerRecord>(block.head().count());
    var reading = new Reading();
    for (int i = 0; i < end - from; i++) {
      reading.record(i).ifPresent(records::add);
    }
    return records;
  }

  /// @param position of the ledger
  /// @return the record there; empty where the block does not hold it, or its header was dropped
  /// @throws LedgerDamageException where it does not match its entry
  public Optional<LedgerRecord> record(long position) {
    long index = position - block.head().firstPosition();
    if (index < from || index >= end) {
      return Optional.empty();
    }
    return new Reading().record((int) index - from);
  }

  /// Checks the block's hash over its head and entries.
  ///
  /// @throws LedgerDamageException where it does not match
  public static void checkHash(Block block) {
    var hashes = new Hashes();
    var hash = hashes.block(hashes.head(block.head()), block.entries());
    if (!Arrays.equals(hash, block.head().hash())) {
      throw new LedgerDamageException(
          "block " + block.head().number() + ": its hash is not that of its bytes");
    }
  }

  private void countItems() {
    int count = end - from;
    var labels = new HashSet<String>();
    for (var group : block.groups()) {
      require(labels.add(group.label()), "two groups with one label");
      PartGroups.read(
          group.bytes(),
          (record, part, kind, offset, length) -> {
            require(record >= from && record < end, "part of a record that is not there");
            starts[record - from + 1]++;
          });
    }
    for (int i = 0; i < count; i++) {
      starts[i + 1] += starts[i];
    }
    require(starts[count] <= MAX_ITEMS, "too many parts");
  }

  private void indexItems() {
    // Each (record, part) must come once: then all places are filled, as there are as many.
    for (int g = 0; g < block.groups().size(); g++) {
      int group = g;
      PartGroups.read(
          block.groups().get(g).bytes(),
          (record, part, kind, offset, length) -> {
            int item = starts[record - from] + part;
            require(
                item < starts[record - from + 1] && items[4 * item + 2] == 0,
                "part missing or twice");
            items[4 * item] = group;
            items[4 * item + 1] = kind;
            items[4 * item + 2] = offset;
            items[4 * item + 3] = length;
          });
    }
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new LedgerDamageException("block " + block.head().number() + ": " + otherwise);
    }
  }

  /// One thread's reading, with its digests.
  private final class Reading {
    private final Hashes hashes = new Hashes();
    private final SaltSecret secret;

    Reading() {
      var salts = block.salts();
      secret =
          new SaltSecret(
              salts[0] == SALTS_FROM_SECRET
                  ? Arrays.copyOfRange(salts, 1, salts.length)
                  : new byte[HASH_BYTES]);
    }

    Optional<LedgerRecord> record(int index) {
      var stored = block.headers().get(index);
      if (stored.length == 0) {
        return Optional.empty();
      }
      var read = StoredHeader.read(stored);
      int count = starts[index + 1] - starts[index];
      var parts = new LedgerRecord.RecordPart[count];
      var digests = new byte[count * (1 + HASH_BYTES)];
      int length = 0;
      for (int i = 0; i < count; i++) {
        length = part(starts[index] + i, i, parts, digests, length);
      }
      var header =
          Hashes.assemble(
              salt(from + index), headHash, hashes.parts(count, digests, length), stored);
      var entry = hashes.plain(header);
      require(
          Arrays.equals(
              entry, 0, HASH_BYTES, block.entries(), index * HASH_BYTES, (index + 1) * HASH_BYTES),
          "record " + (from + index) + " does not match its entry");
      return Optional.of(
          new LedgerRecord(
              block.head().firstPosition() + from + index,
              read.stream(),
              read.sequence(),
              read.recordedAtMillis(),
              header,
              read.body(stored),
              List.of(parts)));
    }

    private int part(int item, int i, LedgerRecord.RecordPart[] parts, byte[] digests, int length) {
      var group = block.groups().get(items[4 * item]).bytes();
      int from = items[4 * item + 2];
      var bytes = Arrays.copyOfRange(group, from, from + items[4 * item + 3]);
      byte kind = (byte) items[4 * item + 1];
      if (kind == LedgerFormat.KIND_NONE) {
        parts[i] = new LedgerRecord.RecordPart.None();
        digests[length] = LedgerFormat.KIND_NONE;
        return length + 1;
      }
      boolean kept = kind == LedgerFormat.KIND_KEPT;
      parts[i] =
          kept
              ? new LedgerRecord.RecordPart.Kept(bytes)
              : new LedgerRecord.RecordPart.Dropped(bytes);
      var digest = kept ? hashes.part(bytes, 0, bytes.length) : bytes;
      digests[length] = LedgerFormat.KIND_KEPT;
      System.arraycopy(digest, 0, digests, length + 1, HASH_BYTES);
      return length + 1 + HASH_BYTES;
    }

    private byte[] salt(int index) {
      var salt = new byte[SALT_BYTES];
      var salts = block.salts();
      if (salts[0] == SALTS_FROM_SECRET) {
        secret.salt(index, salt, 0);
      } else {
        System.arraycopy(salts, 1 + index * SALT_BYTES, salt, 0, SALT_BYTES);
      }
      return salt;
    }
  }
}
