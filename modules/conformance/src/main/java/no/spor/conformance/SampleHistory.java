package no.spor.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.Role;
import no.spor.ledger.Block;
import no.spor.ledger.BlockBuilder;
import no.spor.ledger.BlockHead;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.PartAddress;
import no.spor.ledger.PartGroups;
import no.spor.ledger.Tag;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.FurtherParts.FurtherPart;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.SignedNote;
import org.jspecify.annotations.Nullable;

/// A small ledger in which everything happens that a verifier judges: two tenants, classes that
/// expire and that do not, parts discarded, expired and erased with the records that account for
/// it, and checkpoints signed by a key of its own. Changed at will before it is built, so that a
/// forger with the writer's own code can be played. Not thread-safe.
final class SampleHistory {
  static final UUID LEDGER = UUID.fromString("5b0e8a1e-6f0c-4a43-9ad0-0c6a3a1f5f01");
  static final String ORIGIN = "log.example/sample";
  static final String TENANT = "bygg-as";
  static final String OTHER_TENANT = "rør-as";
  static final long START = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
  private static final UUID KEYS = UUID.fromString("0d1f3c52-0f2b-4f2c-9b0a-6b1c7a2b9c11");
  private static final long DAY_MILLIS = 86_400_000L;

  private final SecureRandom random = new SecureRandom();
  private final NoteKey key = NoteKey.generate(ORIGIN, KeyType.ED25519, random);
  final List<List<Entry>> blocks = new ArrayList<>();
  private long ids;

  /// A record before it is built.
  static final class Entry {
    HeaderBody body;
    byte @Nullable [] rawBody;
    String stream;
    List<DraftPart> parts;
    boolean control;
    long sequence = -1;
    long recordedAt = -1;
    long generation = 7;
    @Nullable UUID keyStore = KEYS;
    @Nullable List<Tag> tags;

    Entry(HeaderBody body, List<DraftPart> parts) {
      this.body = body;
      this.stream = body.tenant();
      this.parts = parts;
    }
  }

  SampleHistory() {
    block(
        tenantCreated(TENANT),
        tenantCreated(OTHER_TENANT),
        control("spor.key-created", "key", "k1", "keyring", "operator"));
    for (int i = 0; i < 6; i++) {
      block(
          event(TENANT, "session", "2026-02-2" + i),
          event(OTHER_TENANT, "history", "2026-02-2" + i),
          event(TENANT, "history", "2026-02-2" + i),
          event(TENANT, "session", "2026-02-20"));
    }
    block(discarded("2026-01-01"), event(TENANT, "history", "2026-02-28"));
    block(
        control(
            "spor.period-expired",
            "tenant",
            TENANT,
            "class",
            "session",
            "policy",
            "1",
            "before",
            "2026-02-22"),
        event(OTHER_TENANT, "session", "2026-02-28"),
        event(OTHER_TENANT, "session", "2026-02-28"));
    block(
        control("spor.person-erased", "tenant", TENANT, "erasure", "e1"),
        control("spor.parts-counted", "tenant", TENANT, "erasure", "e1", "parts", "2"),
        event(OTHER_TENANT, "history", "2026-02-28"));
    block(event(TENANT, "history", "2026-02-28"), event(TENANT, "history", "2026-02-28"));
  }

  private void block(Entry... entries) {
    blocks.add(new ArrayList<>(List.of(entries)));
  }

  Entry event(String tenant, String retention, String date) {
    var label = retention.equals("session") ? "session/" + date : retention;
    var body =
        body(
            "event-" + ids++,
            "site.checkin",
            tenant,
            retention,
            1,
            date,
            List.of(Role.ACTOR, Role.COMPANY),
            List.of());
    return new Entry(
        body, List.of(new DraftPart(label, part(1, 1, 90)), new DraftPart(label, part(3, 0, 60))));
  }

  private Entry discarded(String date) {
    var body =
        body(
            "event-" + ids++,
            "site.checkin",
            TENANT,
            "session",
            1,
            date,
            List.of(Role.ACTOR),
            List.of());
    return new Entry(body, List.of(new DraftPart("session/" + date, null)));
  }

  private Entry tenantCreated(String tenant) {
    var entry = control("spor.tenant-created", "tenant", tenant);
    var payload =
        "{\"tenant\":\"%s\",\"policies\":{\"session\":\"P21D\",\"history\":\"forever\"}}"
            .formatted(tenant)
            .getBytes(StandardCharsets.UTF_8);
    var sealed =
        ByteBuffer.allocate(6 + payload.length)
            .put(new byte[] {1, 5, 17, 1, 0, 0})
            .put(payload)
            .array();
    entry.parts = List.of(new DraftPart("administration", sealed));
    return entry;
  }

  /// @param tags keys and values in turn
  Entry control(String type, String... tags) {
    var pairs = new TreeMap<String, String>();
    for (int i = 0; i < tags.length; i += 2) {
      pairs.put(tags[i], tags[i + 1]);
    }
    var list =
        pairs.entrySet().stream().map(tag -> new EventTag(tag.getKey(), tag.getValue())).toList();
    var body =
        body(
            "control-" + ids++,
            type,
            "spor",
            "administration",
            0,
            "2026-03-01",
            List.of(Role.PAYLOAD),
            list);
    var entry = new Entry(body, List.of(new DraftPart("administration", part(5, 17, 80))));
    entry.control = true;
    return entry;
  }

  static HeaderBody body(
      String id,
      String type,
      String tenant,
      String retention,
      int policy,
      String date,
      List<Role> roles,
      List<EventTag> tags) {
    return new HeaderBody(
        id,
        "/sample",
        type,
        Instant.parse(date + "T12:00:00Z"),
        tenant,
        retention,
        policy,
        1,
        roles,
        Map.of(),
        tags);
  }

  private byte[] part(int kind, int role, int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    bytes[0] = 1;
    bytes[1] = (byte) kind;
    bytes[2] = (byte) role;
    return bytes;
  }

  /// What opens the payloads of this history.
  static DomainPayloads payloads() {
    return new DomainPayloads() {
      @Override
      public List<byte[]> seal(
          HeaderBody header, byte[] body, byte[] payload, List<FurtherPart> further) {
        throw new UnsupportedOperationException();
      }

      @Override
      public byte[] open(HeaderBody header, byte[] body, byte[] part) {
        return Arrays.copyOfRange(part, 3, part.length);
      }
    };
  }

  /// @return the blocks as an honest writer, or a forger with its code, makes them
  List<Block> build() {
    var builder = new BlockBuilder(LEDGER, random);
    var built = new ArrayList<Block>();
    var sequences = new HashMap<String, Long>();
    BlockHead before = null;
    for (int n = 0; n < blocks.size(); n++) {
      Entry last = blocks.get(n).getLast();
      for (var entry : blocks.get(n)) {
        long next = sequences.getOrDefault(entry.stream, 0L);
        long sequence = entry.sequence < 0 ? next : entry.sequence;
        sequences.put(entry.stream, Math.max(next, sequence + 1));
        builder.add(
            draft(entry),
            sequence,
            entry.recordedAt < 0 ? START + n * DAY_MILLIS : entry.recordedAt);
      }
      var mark =
          last.keyStore == null
              ? KeyStoreMark.NONE
              : new KeyStoreMark(last.keyStore, last.generation);
      var block = builder.build(before, mark);
      built.add(block);
      before = block.head();
    }
    return built;
  }

  private static Draft draft(Entry entry) {
    var tags = new ArrayList<Tag>();
    if (entry.tags != null) {
      tags.addAll(entry.tags);
    } else if (entry.stream.equals("spor")) {
      entry.body.tags().forEach(tag -> tags.add(tag(tag)));
    }
    return new Draft(
        entry.stream,
        entry.rawBody != null ? entry.rawBody : HeaderBodyCodec.encode(entry.body),
        entry.parts,
        null,
        tags,
        entry.control,
        null);
  }

  private static Tag tag(EventTag tag) {
    var key = tag.key().getBytes(StandardCharsets.UTF_8);
    var value = tag.value().getBytes(StandardCharsets.UTF_8);
    var hash =
        ByteBuffer.wrap(
            sha256(
                ByteBuffer.allocate(12 + 4 + key.length + value.length)
                    .put("spor/tag/v1\n".getBytes(StandardCharsets.US_ASCII))
                    .putShort((short) key.length)
                    .put(key)
                    .putShort((short) value.length)
                    .put(value)
                    .array()));
    return new Tag(hash.getLong(), hash.getLong());
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /// The parts that the history's own records account for are dropped: those of expired days, and
  /// of history the actors of two.
  static List<Block> forgotten(List<Block> blocks) {
    var changed = new ArrayList<>(blocks);
    for (int n = 1; n <= 6; n++) {
      drop(changed, n, "session/2026-02-20", part -> true);
      drop(changed, n, "session/2026-02-21", part -> true);
    }
    drop(changed, 1, "history", part -> part.equals(new PartAddress(2, 0)));
    drop(changed, 2, "history", part -> part.equals(new PartAddress(2, 0)));
    return changed;
  }

  static void drop(
      List<Block> blocks,
      int number,
      String label,
      java.util.function.Predicate<PartAddress> which) {
    var wanted = new ArrayList<PartAddress>();
    for (int record = 0; record < 4; record++) {
      for (int part = 0; part < 2; part++) {
        if (which.test(new PartAddress(record, part))) {
          wanted.add(new PartAddress(record, part));
        }
      }
    }
    var block = blocks.get(number);
    var groups =
        block.groups().stream()
            .map(group ->
                group.label().equals(label)
                    ? new Block.PartGroup(label, PartGroups.drop(group.bytes(), wanted).group())
                    : group)
            .toList();
    blocks.set(
        number,
        new Block(
            block.head(), block.entries(), block.salts(), block.headers(), groups, block.tags()));
  }

  /// @return the salt of a record, from its block's secret: HMAC-SHA-256 (RFC 2104)
  static byte[] salt(byte[] salts, int index) {
    var inner = new byte[64 + 17];
    var outer = new byte[64 + 32];
    for (int i = 0; i < 64; i++) {
      int secret = i < 32 ? salts[1 + i] : 0;
      inner[i] = (byte) (secret ^ 0x36);
      outer[i] = (byte) (secret ^ 0x5c);
    }
    System.arraycopy("spor/salt/v1\n".getBytes(StandardCharsets.US_ASCII), 0, inner, 64, 13);
    inner[80] = (byte) index;
    System.arraycopy(sha256(inner), 0, outer, 64, 32);
    return Arrays.copyOf(sha256(outer), 16);
  }

  /// @return a group without the items of one record
  static byte[] without(byte[] group, int record) {
    var left = new java.io.ByteArrayOutputStream();
    left.write(1);
    var items = ByteBuffer.wrap(group, 1, group.length - 1);
    while (items.hasRemaining()) {
      int from = items.position();
      int of = items.getShort();
      items.get();
      int kind = items.get();
      int length = kind == 0 ? 0 : kind == 2 ? 32 : items.getInt();
      items.position(items.position() + length);
      if (of != record) {
        left.write(group, from, items.position() - from);
      }
    }
    return left.toByteArray();
  }

  /// @return the verifier key of the one who signs this history's checkpoints
  String vkey() {
    return key.verifier().vkey();
  }

  /// @return a checkpoint over the first `count` blocks, signed
  byte[] checkpoint(List<Block> honest, int count) {
    var leaves = leaves(honest.subList(0, count));
    var text =
        ORIGIN
            + "\n"
            + leaves.size()
            + "\n"
            + Base64.getEncoder().encodeToString(root(leaves))
            + "\n";
    return SignedNote.of(text, List.of(key.signer(InstantSource.system()))).bytes();
  }

  /// @return the leaf hashes (RFC 6962 §2.1) of blocks' entries
  static List<byte[]> leaves(Collection<Block> blocks) {
    var leaves = new ArrayList<byte[]>();
    for (var block : blocks) {
      for (int i = 0; i < block.head().count(); i++) {
        var leaf = new byte[34];
        leaf[1] = 1;
        System.arraycopy(block.entries(), 32 * i, leaf, 2, 32);
        leaves.add(sha256(leaf));
      }
    }
    return leaves;
  }

  /// The tree as RFC 6962 §2.1 defines it, with no thought of speed.
  static byte[] root(List<byte[]> leaves) {
    if (leaves.isEmpty()) {
      return sha256(new byte[0]);
    }
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    int half = Integer.highestOneBit(leaves.size() - 1);
    var node = new byte[65];
    node[0] = 1;
    System.arraycopy(root(leaves.subList(0, half)), 0, node, 1, 32);
    System.arraycopy(root(leaves.subList(half, leaves.size())), 0, node, 33, 32);
    return sha256(node);
  }
}
