package no.spor.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import no.spor.ledger.Block;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.RecordIdentity;
import no.spor.ledger.RecordKey;

/// Recomputes all that a ledger's bytes promise, straight from `FORMAT.md` and with no code of the
/// ledger's own: hash chain, entries from salts, parts and stored headers, dense positions and
/// sequences, complete groups, times that never decrease, each key once.
public final class LedgerChecker {
  private final LedgerStore store;
  private final RecordIdentity identity;
  private final Map<String, Long> sequences = new HashMap<>();
  private final Set<RecordKey> keys = new HashSet<>();
  private final List<byte[]> bodies = new ArrayList<>();
  private byte[] previous = new byte[32];
  private long time = Long.MIN_VALUE;
  private KeyStoreMark mark = KeyStoreMark.NONE;

  private LedgerChecker(LedgerStore store, RecordIdentity identity) {
    this.store = store;
    this.identity = identity;
  }

  /// @return the bodies of all records, by position
  /// @throws AssertionError where something is not as promised
  public static List<byte[]> check(LedgerStore store, RecordIdentity identity) {
    var checker = new LedgerChecker(store, identity);
    checker.checkAll();
    return checker.bodies;
  }

  private void checkAll() {
    long number = 0;
    for (var blocks = store.blocks(number, 16); !blocks.isEmpty(); ) {
      for (var block : blocks) {
        checkBlock(block, number++);
      }
      blocks = store.blocks(number, 16);
    }
    long newest = store.newest().map(head -> head.number()).orElse(-1L);
    require(newest == number - 1, "block " + number, "is not the one after the newest");
  }

  private void checkBlock(Block block, long number) {
    var head = block.head();
    var name = "block " + number;
    require(head.number() == number, name, "has another number");
    require(head.ledger().equals(store.ledger()), name, "is of another ledger");
    require(head.firstPosition() == bodies.size(), name, "has another first position");
    require(Arrays.equals(head.previousHash(), previous), name, "names another block before it");
    require(head.count() >= 1 && head.count() <= 256, name, "has an impossible count");
    require(block.headers().size() == head.count(), name, "has not as many headers as it says");
    require(block.entries().length == 32 * head.count(), name, "has not as many entries");
    require(
        Arrays.equals(
            head.hash(), sha256(ascii("spor/block/v1\n"), headHash(block), block.entries())),
        name,
        "has another hash");
    previous = head.hash();
    boolean sameKeyStore = head.keys().keyStore().equals(mark.keyStore());
    require(
        sameKeyStore
            ? head.keys().generation() >= mark.generation()
            : !head.keys().equals(KeyStoreMark.NONE),
        name,
        "goes back behind the key store's mark");
    mark = head.keys();
    var parts = parts(block, name);
    for (int i = 0; i < head.count(); i++) {
      checkRecord(block, i, parts.getOrDefault(i, new TreeMap<>()), name + ", record " + i);
    }
  }

  private void checkRecord(Block block, int index, TreeMap<Integer, byte[]> parts, String name) {
    var stored = ByteBuffer.wrap(block.headers().get(index));
    long sequence = stored.getLong();
    long recordedAt = stored.getLong();
    var label = new byte[stored.get() & 0xff];
    stored.get(label);
    var stream = new String(label, StandardCharsets.UTF_8);
    var body = new byte[stored.remaining()];
    stored.get(body);

    require(sequence == sequences.getOrDefault(stream, 0L), name, "has another sequence");
    sequences.put(stream, sequence + 1);
    require(recordedAt >= time, name, "was recorded before the one before it");
    time = recordedAt;
    var key = identity.keyOf(stream, body);
    require(key == null || keys.add(key), name, "has the key of another");
    bodies.add(body);

    var digests = new ArrayList<byte[]>();
    digests.add(ascii("spor/parts/v1\n"));
    digests.add(ByteBuffer.allocate(2).putShort((short) parts.size()).array());
    for (int part = 0; part < parts.size(); part++) {
      require(parts.containsKey(part), name, "lacks a part");
      digests.add(parts.get(part));
    }
    var header =
        sha256(
            ascii("spor/header/v1\n"),
            salt(block.salts(), index),
            headHash(block),
            sha256(digests.toArray(byte[][]::new)),
            block.headers().get(index));
    require(
        Arrays.equals(header, Arrays.copyOfRange(block.entries(), 32 * index, 32 * index + 32)),
        name,
        "does not match its entry");
  }

  /// @return for each record of the block, what each of its parts counts for in the digest
  private static Map<Integer, TreeMap<Integer, byte[]>> parts(Block block, String name) {
    var parts = new HashMap<Integer, TreeMap<Integer, byte[]>>();
    var labels = new HashSet<String>();
    for (var group : block.groups()) {
      require(labels.add(group.label()), name, "has two groups with one label");
      var bytes = ByteBuffer.wrap(group.bytes());
      require(bytes.get() == 1, name, "has a group of unknown version");
      while (bytes.hasRemaining()) {
        int record = bytes.getShort() & 0xffff;
        int part = bytes.get() & 0xff;
        int kind = bytes.get();
        var content = new byte[kind == 0 ? 0 : kind == 1 ? bytes.getInt() : 32];
        bytes.get(content);
        var digest =
            switch (kind) {
              case 0 -> new byte[] {0};
              case 1 -> join(new byte[] {1}, sha256(ascii("spor/part/v1\n"), content));
              case 2 -> join(new byte[] {1}, content);
              default -> throw new AssertionError("part of unknown kind");
            };
        var before = parts.computeIfAbsent(record, r -> new TreeMap<>()).put(part, digest);
        require(before == null, name, "has a part twice");
      }
    }
    return parts;
  }

  private static byte[] salt(byte[] salts, int index) {
    if (salts[0] == 2) {
      return Arrays.copyOfRange(salts, 1 + 16 * index, 17 + 16 * index);
    }
    require(salts.length == 33 && salts[0] == 1, "block", "has impossible salts");
    var inner = new byte[64];
    var outer = new byte[64];
    for (int i = 0; i < 64; i++) {
      int secret = i < 32 ? salts[1 + i] : 0;
      inner[i] = (byte) (secret ^ 0x36);
      outer[i] = (byte) (secret ^ 0x5c);
    }
    var place = ByteBuffer.allocate(4).putInt(index).array();
    return Arrays.copyOf(sha256(outer, sha256(inner, ascii("spor/salt/v1\n"), place)), 16);
  }

  private static byte[] headHash(Block block) {
    var head = block.head();
    var bytes = ByteBuffer.allocate(117);
    bytes.putLong(head.ledger().getMostSignificantBits());
    bytes.putLong(head.ledger().getLeastSignificantBits());
    bytes.putLong(head.number()).putLong(head.firstPosition()).putInt(head.count());
    bytes.put(head.previousHash());
    bytes.putLong(head.commit().getMostSignificantBits());
    bytes.putLong(head.commit().getLeastSignificantBits());
    bytes.putLong(head.epoch());
    bytes.putLong(head.keys().keyStore().getMostSignificantBits());
    bytes.putLong(head.keys().keyStore().getLeastSignificantBits());
    bytes.putLong(head.keys().generation());
    bytes.put((byte) (head.control() ? 1 : 0));
    return sha256(ascii("spor/head/v1\n"), bytes.array());
  }

  private static void require(boolean holds, String where, String otherwise) {
    if (!holds) {
      throw new AssertionError(where + " " + otherwise);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] join(byte[]... all) {
    int length = Arrays.stream(all).mapToInt(one -> one.length).sum();
    var joined = ByteBuffer.allocate(length);
    for (var one : all) {
      joined.put(one);
    }
    return joined.array();
  }

  private static byte[] sha256(byte[]... all) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(join(all));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
