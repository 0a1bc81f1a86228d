package no.spor.ledger;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_BLOCK_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_BLOCK_RECORDS;
import static no.spor.ledger.LedgerFormat.SALT_BYTES;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Builds one block after the other (`FORMAT.md`, "Block"), each with a secret and a commit id of
/// its own. Numbers and times are the caller's. Not thread-safe.
public final class BlockBuilder {
  private final UUID ledger;
  private final SecureRandom random;
  private final Hashes hashes = new Hashes();

  private List<byte[]> headers = new ArrayList<>();
  private final List<byte[]> partsDigests = new ArrayList<>();
  private final Map<String, PartGroupBuilder> groups = new LinkedHashMap<>();
  private Set<Tag> tags = new HashSet<>();
  private int bytes;
  private boolean control;

  /// @param random source of secrets and commit ids
  public BlockBuilder(UUID ledger, SecureRandom random) {
    this.ledger = ledger;
    this.random = random;
  }

  /// Adds a record to the block that is being built.
  ///
  /// @param recordedAtMillis milliseconds since 1970-01-01T00:00:00Z
  /// @throws IllegalArgumentException where the format has no room for the draft
  /// @throws IllegalStateException where the block has no room for it
  public void add(Draft draft, long sequence, long recordedAtMillis) {
    add(PreparedDraft.of(draft, hashes, null), sequence, recordedAtMillis);
  }

  /// @return how many records the block has so far
  public int count() {
    return headers.size();
  }

  boolean hasRoom(int records, long addedBytes) {
    return headers.size() + records <= MAX_BLOCK_RECORDS && bytes + addedBytes <= MAX_BLOCK_BYTES;
  }

  void add(PreparedDraft prepared, long sequence, long recordedAtMillis) {
    if (!hasRoom(1, prepared.bytes())) {
      throw new IllegalStateException("the block is full");
    }
    var draft = prepared.draft();
    int index = headers.size();
    headers.add(StoredHeader.write(sequence, recordedAtMillis, prepared.stream(), draft.body()));
    partsDigests.add(prepared.partsDigest());
    int part = 0;
    for (var one : draft.parts()) {
      groups
          .computeIfAbsent(one.label(), label -> new PartGroupBuilder())
          .add(index, part++, one.bytes());
    }
    tags.addAll(draft.tags());
    control |= draft.control();
    bytes += prepared.bytes();
  }

  /// Ends the block and begins the next.
  ///
  /// @param previous head of the block before it, null for block 0
  /// @param keys key store and generation that hold every key that sealed one of the parts
  public Block build(@Nullable BlockHead previous, KeyStoreMark keys) {
    return build(previous, keys, 0);
  }

  /// A block, and what is hashed for each of its records.
  ///
  /// @param headers whole, as [LedgerRecord] has them
  record Built(Block block, List<byte[]> headers) {}

  private Block build(@Nullable BlockHead previous, KeyStoreMark keys, long epoch) {
    return buildWhole(previous, keys, epoch).block();
  }

  /// @param epoch see [LedgerStore#writersEpoch]
  Built buildWhole(@Nullable BlockHead previous, KeyStoreMark keys, long epoch) {
    if (headers.isEmpty()) {
      throw new IllegalStateException("a block holds a record at least");
    }
    var secret = new byte[HASH_BYTES];
    random.nextBytes(secret);
    var head = head(previous, keys, epoch, new byte[0]);
    var headHash = hashes.head(head);
    var whole = wholeHeaders(secret, headHash);
    var entries = new byte[whole.size() * HASH_BYTES];
    for (int i = 0; i < whole.size(); i++) {
      hashes.plain(whole.get(i), entries, i * HASH_BYTES);
    }
    head = withHash(head, hashes.block(headHash, entries));
    var grouped = new ArrayList<Block.PartGroup>(groups.size());
    groups.forEach((label, group) -> grouped.add(new Block.PartGroup(label, group.build())));
    var salts = new byte[1 + HASH_BYTES];
    salts[0] = BlockReader.SALTS_FROM_SECRET;
    System.arraycopy(secret, 0, salts, 1, HASH_BYTES);
    var block = new Block(head, entries, salts, headers, List.copyOf(grouped), Set.copyOf(tags));
    restart();
    return new Built(block, whole);
  }

  /// Only now, for what the head says of the whole block stands in every header.
  private List<byte[]> wholeHeaders(byte[] secret, byte[] headHash) {
    var whole = new ArrayList<byte[]>(headers.size());
    var salts = new SaltSecret(secret);
    var salt = new byte[SALT_BYTES];
    for (int i = 0; i < headers.size(); i++) {
      salts.salt(i, salt, 0);
      whole.add(Hashes.assemble(salt, headHash, partsDigests.get(i), headers.get(i)));
    }
    return whole;
  }

  private BlockHead head(@Nullable BlockHead previous, KeyStoreMark keys, long epoch, byte[] hash) {
    return new BlockHead(
        ledger,
        previous == null ? 0 : previous.number() + 1,
        previous == null ? 0 : previous.endPosition(),
        headers.size(),
        previous == null ? new byte[HASH_BYTES] : previous.hash(),
        new UUID(random.nextLong(), random.nextLong()),
        epoch,
        keys,
        control,
        hash);
  }

  private static BlockHead withHash(BlockHead head, byte[] hash) {
    return new BlockHead(
        head.ledger(),
        head.number(),
        head.firstPosition(),
        head.count(),
        head.previousHash(),
        head.commit(),
        head.epoch(),
        head.keys(),
        head.control(),
        hash);
  }

  private void restart() {
    headers = new ArrayList<>();
    partsDigests.clear();
    groups.clear();
    tags = new HashSet<>();
    bytes = 0;
    control = false;
  }
}
