package no.spor.conformance;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.BlockHead;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Tag;
import org.jspecify.annotations.Nullable;

/// Makes blocks that a store must keep: their stored forms follow `FORMAT.md`, but headers and
/// hashes are random bytes, for a store must not look into them. The same seed makes the same
/// blocks. Not thread-safe.
public final class SampleBlocks {
  private final UUID ledger;
  private final Random random;
  private @Nullable BlockHead previous;

  private int count;
  private Set<Tag> tags = new LinkedHashSet<>();
  private boolean control;
  private long epoch;
  private KeyStoreMark keys = KeyStoreMark.NONE;
  private final Map<String, ByteArrayOutputStream> groups = new LinkedHashMap<>();
  private List<byte[]> headers = new ArrayList<>();

  /// @param previous the block that the first one follows; null for block 0
  public SampleBlocks(UUID ledger, long seed, @Nullable BlockHead previous) {
    this.ledger = ledger;
    this.random = new Random(seed);
    this.previous = previous;
  }

  /// Adds a record with a header of this length.
  public SampleBlocks record(int headerBytes) {
    headers.add(bytes(headerBytes));
    count++;
    return this;
  }

  /// Adds a part to the last record.
  ///
  /// @param number the part's index in its record; ascending
  public SampleBlocks part(String label, int number, byte[] part) {
    item(label, number, 1);
    group(label).writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
    group(label).writeBytes(part);
    return this;
  }

  /// Adds a part that was discarded on arrival to the last record.
  public SampleBlocks none(String label, int number) {
    item(label, number, 0);
    return this;
  }

  public SampleBlocks tag(Tag tag) {
    tags.add(tag);
    return this;
  }

  public SampleBlocks control() {
    control = true;
    return this;
  }

  public SampleBlocks writer(long writersEpoch, KeyStoreMark keyStore) {
    epoch = writersEpoch;
    keys = keyStore;
    return this;
  }

  /// Ends the block and begins the one that follows it.
  public Block build() {
    var before = previous;
    var salts = bytes(33);
    salts[0] = 1;
    var head =
        new BlockHead(
            ledger,
            before == null ? 0 : before.number() + 1,
            before == null ? 0 : before.endPosition(),
            count,
            before == null ? new byte[32] : before.hash(),
            new UUID(random.nextLong(), random.nextLong()),
            epoch,
            keys,
            control,
            bytes(32));
    var parts =
        groups.entrySet().stream()
            .map(group -> new PartGroup(group.getKey(), group.getValue().toByteArray()))
            .toList();
    var block = new Block(head, bytes(32 * count), salts, headers, parts, tags);
    previous = head;
    count = 0;
    tags = new LinkedHashSet<>();
    control = false;
    epoch = 0;
    keys = KeyStoreMark.NONE;
    groups.clear();
    headers = new ArrayList<>();
    return block;
  }

  /// @return a block with nothing special: one record with one part
  public Block simple() {
    return record(60).part("presence/1/2026-11-22", 0, bytes(120)).build();
  }

  /// @return a block of any shape
  public Block any() {
    int records = random.nextInt(8) == 0 ? 256 : 1 + random.nextInt(9);
    for (int i = 0; i < records; i++) {
      record(17 + random.nextInt(200));
      for (int part = 0, parts = random.nextInt(4); part < parts; part++) {
        var label = "label/" + random.nextInt(5);
        if (random.nextInt(4) == 0) {
          none(label, part);
        } else {
          part(label, part, bytes(1 + random.nextInt(400)));
        }
      }
    }
    if (random.nextInt(5) == 0) {
      control();
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      tag(new Tag(random.nextInt(5), random.nextLong()));
    }
    return build();
  }

  /// @return so many blocks of any shape, each following the one before
  public List<Block> any(int blocks) {
    var made = new ArrayList<Block>();
    for (int i = 0; i < blocks; i++) {
      made.add(any());
    }
    return made;
  }

  /// @return random bytes, which do not shrink when compressed
  public byte[] bytes(int length) {
    var made = new byte[length];
    random.nextBytes(made);
    return made;
  }

  /// @return what is left of a part that was dropped: `H("spor/part/v1\n" || bytes)`
  public static byte[] digest(byte[] part) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update("spor/part/v1\n".getBytes(StandardCharsets.US_ASCII));
      return sha256.digest(part);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void item(String label, int number, int kind) {
    group(label)
        .writeBytes(
            new byte[] {
              (byte) ((count - 1) >>> 8), (byte) (count - 1), (byte) number, (byte) kind
            });
  }

  private ByteArrayOutputStream group(String label) {
    return groups.computeIfAbsent(
        label,
        missing -> {
          var group = new ByteArrayOutputStream();
          group.write(1);
          return group;
        });
  }
}
