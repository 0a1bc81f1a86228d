package no.spor.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import no.spor.activity.HeaderBodyCodec;
import no.spor.conformance.SampleHistory.Entry;
import no.spor.ledger.Block;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.BlockHead;
import no.spor.ledger.DraftPart;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Tag;
import no.spor.ledger.verify.FindingKind;

/// One change of a stored ledger, and what a verifier must call it.
///
/// @param forge changes the history before it is built; all hashes are then right
/// @param tamper changes the stored blocks
/// @param found kinds that must be among those found
record Tampering(
    String name,
    Consumer<SampleHistory> forge,
    Consumer<List<Block>> tamper,
    Set<FindingKind> found) {
  /// Block 4 of the sample: four records of two tenants.
  private static final int CHANGED = 4;

  @Override
  public String toString() {
    return name;
  }

  private static Tampering tampered(String name, Consumer<List<Block>> how, FindingKind... found) {
    return new Tampering(name, history -> {}, how, Set.of(found));
  }

  private static Tampering block(String name, UnaryOperator<Block> how, FindingKind... found) {
    return tampered(
        name, blocks -> blocks.set(CHANGED, how.apply(copy(blocks.get(CHANGED)))), found);
  }

  private static Tampering forged(String name, Consumer<SampleHistory> how, FindingKind... found) {
    return new Tampering(name, how, blocks -> {}, Set.of(found));
  }

  static Stream<Tampering> all() {
    return Stream.of(bytes(), heads(), order(), missing(), numbers(), bodies(), excuses())
        .flatMap(one -> one);
  }

  private static Stream<Tampering> bytes() {
    return Stream.of(
        block("an entry", with(block -> block.entries()[33] ^= 1), FindingKind.ENTRY),
        block("a header", with(block -> block.headers().get(1)[40] ^= 1), FindingKind.RECORD),
        block(
            "a header's length",
            with(block -> block.headers().get(1)[16] = (byte) 200),
            FindingKind.HEADER),
        block("the block's secret", with(block -> block.salts()[5] ^= 1), FindingKind.FRAME),
        block("the salts' form", with(block -> block.salts()[0] = 3), FindingKind.SALTS),
        block("a part", with(block -> group(block, "history")[30] ^= 1), FindingKind.RECORD),
        block(
            "a part's digest",
            block -> {
              var blocks = new ArrayList<>(List.of(block));
              SampleHistory.drop(blocks, 0, "history", part -> part.part() == 0);
              group(blocks.getFirst(), "history")[20] ^= 1;
              return blocks.getFirst();
            },
            FindingKind.RECORD),
        block(
            "the number of a part",
            with(block -> group(block, "history")[3] = 9),
            FindingKind.PART_GROUP),
        block("two parts of two records swapped", Tampering::partsSwapped, FindingKind.RECORD),
        block("a drop label", Tampering::labelled, FindingKind.LABEL),
        tampered(
            "tags gone",
            blocks -> blocks.set(0, tagged(blocks.getFirst(), Set.of())),
            FindingKind.TAGS),
        tampered(
            "a tag more",
            blocks -> blocks.set(CHANGED, tagged(blocks.get(CHANGED), Set.of(new Tag(1, 2)))),
            FindingKind.TAGS));
  }

  private static Stream<Tampering> heads() {
    return Stream.of(
        tampered(
            "another ledger's id",
            blocks -> blocks.replaceAll(block -> head(8).apply(block)),
            FindingKind.HEAD),
        block("the number", head(0), FindingKind.BLOCK_MISSING),
        block("the first position", head(1), FindingKind.POSITION, FindingKind.HEAD),
        block("the previous hash", head(2), FindingKind.PREVIOUS_BLOCK, FindingKind.HEAD),
        block("the commit id", head(3), FindingKind.HEAD),
        block("the epoch", head(4), FindingKind.HEAD),
        block("the key store", head(5), FindingKind.HEAD),
        block("the generation", head(6), FindingKind.HEAD, FindingKind.KEY_STORE_MARK),
        block("the control flag", head(7), FindingKind.HEAD, FindingKind.CONTROL_FLAG),
        block(
            "the block's hash",
            with(block -> block.head().hash()[3] ^= 1),
            FindingKind.BLOCK_HASH));
  }

  private static Stream<Tampering> order() {
    return Stream.of(
        tampered(
            "blocks reordered",
            blocks -> {
              var one = renumbered(blocks.get(CHANGED), CHANGED + 1);
              blocks.set(CHANGED, renumbered(blocks.get(CHANGED + 1), CHANGED));
              blocks.set(CHANGED + 1, one);
            },
            FindingKind.PREVIOUS_BLOCK,
            FindingKind.HEAD),
        tampered("a block withheld", blocks -> blocks.remove(CHANGED), FindingKind.BLOCK_MISSING),
        tampered(
            "the end cut off",
            blocks -> blocks.subList(blocks.size() - 2, blocks.size()).clear(),
            FindingKind.CHECKPOINT_AHEAD),
        tampered("everything cut off", List::clear, FindingKind.CHECKPOINT_AHEAD));
  }

  private static Stream<Tampering> missing() {
    return Stream.of(
        tampered(
            "one part more erased than is recorded",
            blocks ->
                SampleHistory.drop(
                    blocks, 3, "history", part -> part.record() == 2 && part.part() == 0),
            FindingKind.PART_MISSING),
        tampered(
            "a tenant's part erased by another's erasure",
            blocks ->
                SampleHistory.drop(
                    blocks, 3, "history", part -> part.record() == 1 && part.part() == 0),
            FindingKind.PART_MISSING),
        tampered(
            "a day dropped that has not expired",
            blocks -> SampleHistory.drop(blocks, 4, "session/2026-02-23", part -> true),
            FindingKind.PART_MISSING),
        tampered(
            "another tenant's day dropped by a mark of this one",
            blocks -> SampleHistory.drop(blocks, 8, "session/2026-02-28", part -> true),
            FindingKind.PART_MISSING),
        tampered(
            "a company's part erased",
            blocks ->
                SampleHistory.drop(
                    blocks, 3, "history", part -> part.record() == 2 && part.part() == 1),
            FindingKind.PART_MISSING),
        tampered(
            "a control record's payload dropped",
            blocks -> SampleHistory.drop(blocks, 8, "administration", part -> true),
            FindingKind.PART_MISSING),
        tampered(
            "a header zeroed",
            blocks -> blocks.set(CHANGED, withoutHeader(blocks.get(CHANGED), 1)),
            FindingKind.HEADER_MISSING),
        tampered(
            "a header zeroed, its parts left",
            blocks -> {
              var block = copy(blocks.get(CHANGED));
              block.headers().set(1, new byte[0]);
              blocks.set(CHANGED, block);
            },
            FindingKind.PART_GROUP,
            FindingKind.SALTS));
  }

  /// All hashes right, and the checkpoints signed anew by the ledger's own key: what is left is
  /// what the history says of itself.
  private static Stream<Tampering> numbers() {
    return Stream.of(
        forged(
            "an event withheld",
            history -> changed(history).sequence = 4,
            FindingKind.SEQUENCE_GAP),
        forged(
            "two headers of one sequence",
            history -> changed(history).sequence = 1,
            FindingKind.SEQUENCE_TWICE),
        forged(
            "a record's time set back",
            history -> changed(history).recordedAt = 5,
            FindingKind.RECORDED_AT),
        forged(
            "the key store's mark set back",
            history -> history.blocks.get(CHANGED).getLast().generation = 6,
            FindingKind.KEY_STORE_MARK),
        forged(
            "the key store's mark gone",
            history -> history.blocks.get(CHANGED).getLast().keyStore = null,
            FindingKind.KEY_STORE_MARK));
  }

  private static Stream<Tampering> bodies() {
    return Stream.of(
        forged(
            "a record in another tenant's stream",
            history -> {
              changed(history).stream = SampleHistory.TENANT;
            },
            FindingKind.TENANT),
        forged(
            "a body with a byte too many",
            history -> {
              var body = HeaderBodyCodec.encode(changed(history).body);
              changed(history).rawBody = Arrays.copyOf(body, body.length + 1);
            },
            FindingKind.BODY),
        forged(
            "a part more than the body names",
            history -> {
              var entry = changed(history);
              var parts = new ArrayList<>(entry.parts);
              parts.add(new DraftPart(parts.getFirst().label(), new byte[40]));
              entry.parts = parts;
            },
            FindingKind.ROLES),
        forged(
            "a part sealed for another role",
            history -> requireBytes(changed(history).parts.getFirst())[2] = 2,
            FindingKind.ROLES),
        forged(
            "a control record that does not flag its block",
            history -> history.blocks.get(8).getFirst().control = false,
            FindingKind.CONTROL_FLAG),
        forged(
            "a flag without a control record",
            history -> changed(history).control = true,
            FindingKind.CONTROL_FLAG),
        forged(
            "a class that expires under a label without a day",
            history -> {
              var entry = history.blocks.get(CHANGED).getFirst();
              entry.parts =
                  entry.parts.stream().map(part -> new DraftPart("session", part.bytes())).toList();
            },
            FindingKind.LABEL));
  }

  private static Stream<Tampering> excuses() {
    return Stream.of(
        forged(
            "a part discarded before its time",
            history -> {
              var entry = history.event(SampleHistory.TENANT, "session", "2026-02-28");
              entry.parts =
                  entry.parts.stream().map(part -> new DraftPart(part.label(), null)).toList();
              history.blocks.get(CHANGED).set(0, entry);
            },
            FindingKind.DISCARDED_TOO_EARLY),
        forged(
            "parts counted for no erasure",
            history -> history.blocks.get(9).removeFirst(),
            FindingKind.CONTROL_RECORD,
            FindingKind.PART_MISSING),
        forged(
            "an expiry of another policy version",
            history ->
                history
                    .blocks
                    .get(8)
                    .set(
                        0,
                        history.control(
                            "spor.period-expired",
                            "tenant",
                            SampleHistory.TENANT,
                            "class",
                            "session",
                            "policy",
                            "2",
                            "before",
                            "2026-02-22")),
            FindingKind.PART_MISSING),
        forged(
            "an expiry that names no day",
            history ->
                history
                    .blocks
                    .get(8)
                    .set(
                        0,
                        history.control(
                            "spor.period-expired",
                            "tenant",
                            SampleHistory.TENANT,
                            "class",
                            "session",
                            "policy",
                            "1",
                            "before",
                            "soon")),
            FindingKind.CONTROL_RECORD,
            FindingKind.PART_MISSING));
  }

  private static Entry changed(SampleHistory history) {
    return history.blocks.get(CHANGED).get(1);
  }

  private static byte[] requireBytes(DraftPart part) {
    var bytes = part.bytes();
    if (bytes == null) {
      throw new AssertionError("a part without bytes");
    }
    return bytes;
  }

  private static UnaryOperator<Block> with(Consumer<Block> change) {
    return block -> {
      change.accept(block);
      return block;
    };
  }

  private static byte[] group(Block block, String label) {
    return block.groups().stream()
        .filter(group -> group.label().equals(label))
        .findFirst()
        .orElseThrow()
        .bytes();
  }

  static Block copy(Block block) {
    var head = block.head();
    return new Block(
        new BlockHead(
            head.ledger(),
            head.number(),
            head.firstPosition(),
            head.count(),
            head.previousHash().clone(),
            head.commit(),
            head.epoch(),
            head.keys(),
            head.control(),
            head.hash().clone()),
        block.entries().clone(),
        block.salts().clone(),
        new ArrayList<>(block.headers().stream().map(byte[]::clone).toList()),
        new ArrayList<>(
            block.groups().stream()
                .map(group -> new PartGroup(group.label(), group.bytes().clone()))
                .toList()),
        block.tags());
  }

  private static Block with(Block block, BlockHead head) {
    return new Block(
        head, block.entries(), block.salts(), block.headers(), block.groups(), block.tags());
  }

  private static Block renumbered(Block block, long number) {
    var head = block.head();
    return with(
        block,
        new BlockHead(
            head.ledger(),
            number,
            head.firstPosition(),
            head.count(),
            head.previousHash(),
            head.commit(),
            head.epoch(),
            head.keys(),
            head.control(),
            head.hash()));
  }

  private static UnaryOperator<Block> head(int field) {
    return block -> {
      var head = block.head();
      var previous = head.previousHash().clone();
      previous[9] ^= (byte) (field == 2 ? 1 : 0);
      return with(
          block,
          new BlockHead(
              field == 8 ? new UUID(3, 4) : head.ledger(),
              head.number() + (field == 0 ? 100 : 0),
              head.firstPosition() + (field == 1 ? 1 : 0),
              head.count(),
              previous,
              field == 3 ? new UUID(1, 2) : head.commit(),
              head.epoch() + (field == 4 ? 1 : 0),
              new KeyStoreMark(
                  field == 5 ? new UUID(5, 6) : head.keys().keyStore(),
                  head.keys().generation() - (field == 6 ? 1 : 0)),
              field == 7 != head.control(),
              head.hash()));
    };
  }

  private static Block partsSwapped(Block block) {
    var group = group(block, "history");
    // Items of equal lengths: record(2) part(1) kind(1) length(4) bytes.
    int company = 1 + 8 + 90;
    int second = company + 8 + 60;
    for (int i = 0; i < 90; i++) {
      byte one = group[1 + 8 + i];
      group[1 + 8 + i] = group[second + 8 + i];
      group[second + 8 + i] = one;
    }
    return block;
  }

  private static Block labelled(Block block) {
    var groups = new ArrayList<PartGroup>();
    for (var group : block.groups()) {
      groups.add(
          group.label().equals("history") ? new PartGroup("for-good", group.bytes()) : group);
    }
    return new Block(
        block.head(), block.entries(), block.salts(), block.headers(), groups, block.tags());
  }

  private static Block tagged(Block block, Set<Tag> tags) {
    return new Block(
        block.head(), block.entries(), block.salts(), block.headers(), block.groups(), tags);
  }

  /// As a store drops a header (`FORMAT.md`, "Dropping a header"), without a tenant that left.
  private static Block withoutHeader(Block block, int index) {
    var salts = new byte[1 + 16 * block.head().count()];
    salts[0] = 2;
    for (int i = 0; i < block.head().count(); i++) {
      if (i != index) {
        System.arraycopy(SampleHistory.salt(block.salts(), i), 0, salts, 1 + 16 * i, 16);
      }
    }
    var headers = new ArrayList<>(block.headers());
    headers.set(index, new byte[0]);
    var groups = new ArrayList<PartGroup>();
    for (var group : block.groups()) {
      var left = SampleHistory.without(group.bytes(), index);
      if (left.length > 1) {
        groups.add(new PartGroup(group.label(), left));
      }
    }
    return new Block(block.head(), block.entries(), salts, headers, groups, block.tags());
  }
}
