package no.spor.ledger.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import no.spor.ledger.Block;

/// What holds from block to block: numbers, positions, the chain of hashes, marks, times,
/// sequences, the tree. Blocks are given to it in order; for one thread.
final class Chain {
  private static final UUID NO_KEY_STORE = new UUID(0, 0);

  private final UUID ledger;
  private final Findings findings;
  private final Roots roots;
  private final TreeFrontier tree = new TreeFrontier();
  private final IndexTally index = new IndexTally();
  private final Map<String, Long> next = new HashMap<>();
  private final Map<String, Long> leftOut = new HashMap<>();
  private long block;
  private long position;
  private byte[] previous = new byte[Sha256.BYTES];
  private byte[] previousStored = previous;
  private long latest = Long.MIN_VALUE;
  private UUID keyStore = NO_KEY_STORE;
  private long generation;
  private long dropped;
  private long illegible;
  private long allLeftOut;
  private long firstDropped = -1;

  /// Whether all before was read: else neither the tree nor what continues from block to block can
  /// be told.
  private boolean whole = true;

  /// Whether the block before was read.
  private boolean linked = true;

  Chain(UUID ledger, Findings findings, Roots roots) {
    this.ledger = ledger;
    this.findings = findings;
    this.roots = roots;
    roots.at(tree);
  }

  /// @return number of the block that is expected next
  long block() {
    return block;
  }

  long position() {
    return position;
  }

  boolean whole() {
    return whole;
  }

  TreeFrontier tree() {
    return tree;
  }

  IndexTally index() {
    return index;
  }

  byte[] hash() {
    return previous.clone();
  }

  HistoryRules.Absent absent() {
    return new HistoryRules.Absent(dropped, Map.copyOf(leftOut), firstDropped);
  }

  void unreadable(long number, String why) {
    if (number > block) {
      findings.add(Finding.ofBlock(FindingKind.BLOCK_MISSING, block, "it is missing"));
    }
    block = Math.max(block, number);
    findings.add(Finding.ofBlock(FindingKind.UNREADABLE, block, why));
    lost();
    block++;
  }

  private void lost() {
    whole = false;
    linked = false;
    next.clear();
  }

  void take(CheckedBlock checked) {
    var head = checked.block.head();
    if (head.number() != block) {
      var detail =
          head.number() > block
              ? "it is missing; the next one is block " + head.number()
              : "block " + head.number() + " stands in its place";
      findings.add(Finding.ofBlock(FindingKind.BLOCK_MISSING, block, detail));
      lost();
      block = Math.max(block, head.number());
      position = head.firstPosition();
    } else if (!linked) {
      position = head.firstPosition();
    }
    head(checked);
    findings.addAll(checked.findings);
    sequences(checked);
    grow(checked.leaves);
    checked.step.inOrder(findings);
    index.add(checked.block);
    if (checked.dropped > 0 && dropped == 0) {
      firstDropped = head.number();
    }
    dropped += checked.dropped;
    illegible += checked.illegible;
    previous = checked.hash;
    previousStored = head.hash();
    position += Math.max(0, head.count());
    linked = true;
    block++;
  }

  private void head(CheckedBlock checked) {
    var head = checked.block.head();
    if (!head.ledger().equals(ledger)) {
      found(FindingKind.LEDGER_ID, checked, "it is of ledger " + head.ledger());
    }
    if (head.firstPosition() != position) {
      found(
          FindingKind.POSITION,
          checked,
          "it begins at position " + head.firstPosition() + ", not at " + position);
    }
    boolean continues =
        Arrays.equals(head.previousHash(), previous)
            || Arrays.equals(head.previousHash(), previousStored);
    if (linked && !continues) {
      found(FindingKind.PREVIOUS_BLOCK, checked, "it does not name the hash of the one before it");
    }
    mark(checked);
    if (checked.earliest < latest) {
      found(FindingKind.RECORDED_AT, checked, "it was recorded before the one before it");
    }
    latest = Math.max(latest, checked.latest);
  }

  private void mark(CheckedBlock checked) {
    var keys = checked.block.head().keys();
    boolean none = keys.keyStore().equals(NO_KEY_STORE);
    if (none && (keys.generation() != 0 || !keyStore.equals(NO_KEY_STORE))) {
      found(FindingKind.KEY_STORE_MARK, checked, "the key store's mark vanished");
    } else if (keys.keyStore().equals(keyStore) && keys.generation() < generation) {
      found(FindingKind.KEY_STORE_MARK, checked, "the key store's mark went back");
    }
    keyStore = keys.keyStore();
    generation = keys.generation();
  }

  private void found(FindingKind kind, CheckedBlock checked, String detail) {
    findings.add(Finding.ofBlock(kind, checked.block.head().number(), detail));
  }

  private void sequences(CheckedBlock checked) {
    for (var run : checked.runs) {
      var known = next.get(run.stream());
      long expected = known != null ? known : whole ? 0 : run.first();
      long out = run.first() - expected;
      if (out < 0) {
        findings.add(
            Finding.ofRecord(
                FindingKind.SEQUENCE_TWICE,
                checked.block.head().number(),
                run.position(),
                "sequence " + run.first() + " of its stream stands twice"));
      } else if (out > 0 && allLeftOut + out <= dropped + illegible + run.absentBefore()) {
        allLeftOut += out;
        leftOut.merge(run.stream(), out, Long::sum);
      } else if (out > 0) {
        findings.add(
            Finding.ofRecord(
                FindingKind.SEQUENCE_GAP,
                checked.block.head().number(),
                run.position(),
                "its stream leaves out sequences " + expected + " to " + (run.first() - 1)));
      }
      next.put(run.stream(), Math.max(expected, run.last() + 1));
    }
  }

  private void grow(byte[] leaves) {
    whole &= leaves.length > 0;
    if (!whole) {
      return;
    }
    for (int at = 0; at < leaves.length; at += Sha256.BYTES) {
      tree.append(leaves, at, roots);
      roots.at(tree);
    }
  }

  void save(DataOutput out) throws IOException {
    out.writeLong(ledger.getMostSignificantBits());
    out.writeLong(ledger.getLeastSignificantBits());
    out.writeLong(block);
    out.writeLong(position);
    out.write(previous);
    out.writeLong(latest);
    out.writeLong(keyStore.getMostSignificantBits());
    out.writeLong(keyStore.getLeastSignificantBits());
    out.writeLong(generation);
    out.writeLong(dropped);
    out.writeLong(allLeftOut);
    out.writeLong(firstDropped);
    Saved.longs(out, next);
    Saved.longs(out, leftOut);
    tree.save(out);
    index.save(out);
  }

  /// @throws IOException where it was kept of another ledger
  void restore(DataInput in) throws IOException {
    if (!new UUID(in.readLong(), in.readLong()).equals(ledger)) {
      throw new IOException("it was kept of another ledger");
    }
    block = in.readLong();
    position = in.readLong();
    previous = new byte[Sha256.BYTES];
    in.readFully(previous);
    previousStored = previous;
    latest = in.readLong();
    keyStore = new UUID(in.readLong(), in.readLong());
    generation = in.readLong();
    dropped = in.readLong();
    allLeftOut = in.readLong();
    firstDropped = in.readLong();
    Saved.longs(in, next);
    Saved.longs(in, leftOut);
    tree.restore(in);
    index.restore(in);
    roots.at(tree);
  }

  /// @return whether this is the block with which what was restored ended
  boolean endsWith(Block stands) {
    return stands.head().number() == block - 1 && Arrays.equals(stands.head().hash(), previous);
  }

  @Override
  public String toString() {
    return "Chain[" + block + ", " + HexFormat.of().formatHex(previous) + "]";
  }
}
