package no.spor.ledger;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_BLOCK_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_BLOCK_RECORDS;
import static no.spor.ledger.LedgerFormat.SALT_BYTES;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
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

  private final byte[] entries = new byte[MAX_BLOCK_RECORDS * HASH_BYTES];
  private final byte[] salt = new byte[SALT_BYTES];
  private List<byte[]> headers = new ArrayList<>();
  private final Map<String, PartGroupBuilder> groups = new LinkedHashMap<>();
  private Set<Tag> tags = new HashSet<>();
  private byte[] salts = new byte[0];
  private SaltSecret secret;
  private int bytes;
  private boolean control;

  /// @param random source of secrets and commit ids
  public BlockBuilder(UUID ledger, SecureRandom random) {
    this.ledger = ledger;
    this.random = random;
    this.secret = freshSecret();
  }

  /// Adds a record to the block that is being built.
  ///
  /// @param recordedAtMillis milliseconds since 1970-01-01T00:00:00Z
  /// @throws IllegalArgumentException where the format has no room for the draft
  /// @throws IllegalStateException where the block has no room for it
  public void add(Draft draft, long sequence, long recordedAtMillis) {
    add(PreparedDraft.of(draft, hashes), sequence, recordedAtMillis);
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
    var stored = StoredHeader.write(sequence, recordedAtMillis, prepared.stream(), draft.body());
    secret.salt(index, salt, 0);
    hashes.header(salt, 0, prepared.partsDigest(), stored, entries, index * HASH_BYTES);
    headers.add(stored);
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
    if (headers.isEmpty()) {
      throw new IllegalStateException("a block holds a record at least");
    }
    var used = Arrays.copyOf(entries, headers.size() * HASH_BYTES);
    var head = head(previous, keys, new byte[0]);
    head = withHash(head, hashes.block(head, used));
    var grouped = new ArrayList<Block.PartGroup>(groups.size());
    groups.forEach((label, group) -> grouped.add(new Block.PartGroup(label, group.build())));
    var block = new Block(head, used, salts, headers, List.copyOf(grouped), Set.copyOf(tags));
    restart();
    return block;
  }

  private BlockHead head(@Nullable BlockHead previous, KeyStoreMark keys, byte[] hash) {
    return new BlockHead(
        ledger,
        previous == null ? 0 : previous.number() + 1,
        previous == null ? 0 : previous.endPosition(),
        headers.size(),
        previous == null ? new byte[HASH_BYTES] : previous.hash(),
        new UUID(random.nextLong(), random.nextLong()),
        0,
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
    groups.clear();
    tags = new HashSet<>();
    secret = freshSecret();
    bytes = 0;
    control = false;
  }

  private SaltSecret freshSecret() {
    var fresh = new byte[HASH_BYTES];
    random.nextBytes(fresh);
    salts = new byte[1 + HASH_BYTES];
    salts[0] = BlockReader.SALTS_FROM_SECRET;
    System.arraycopy(fresh, 0, salts, 1, HASH_BYTES);
    return new SaltSecret(fresh);
  }
}
