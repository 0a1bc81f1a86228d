package no.spor.ledger;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// All that has to be known of the blocks up to the newest one followed before the next can be
/// attempted. Moves on block by block, and refuses one that does not continue the ledger. Used by
/// the appender's thread alone.
final class LedgerState {
  private static final int REPLAYED_AT_ONCE = 16;

  private final LedgerStore store;
  private final RecordIdentity identity;
  private final UUID ledger;
  private final List<BlockFollower> followers;
  private final RecordedKeys keys;
  private final StreamSequences streams;
  private @Nullable BlockHead head;
  private long recordedAtMillis = Long.MIN_VALUE;

  LedgerState(
      LedgerStore store,
      RecordIdentity identity,
      RecordedKeys keys,
      RecordedKeys.Source source,
      List<BlockFollower> followers) {
    this.store = store;
    this.identity = identity;
    this.ledger = store.ledger();
    this.followers = List.copyOf(followers);
    this.keys = keys;
    var covered = keys.bind(ledger, source);
    this.streams = new StreamSequences(covered.nextSequences());
    if (covered.blocks() > 0) {
      var last = shown(store.blocks(covered.blocks() - 1, 1)).getFirst();
      head = last.head();
      recordedAtMillis = lastRecordedAt(last);
    }
    long end = store.newest().map(newest -> newest.number() + 1).orElse(0L);
    replay(end);
    for (var follower : this.followers) {
      catchUp(follower, end);
    }
  }

  @Nullable BlockHead head() {
    return head;
  }

  long nextBlock() {
    return head == null ? 0 : head.number() + 1;
  }

  long size() {
    return head == null ? 0 : head.endPosition();
  }

  /// @return `recordedAt` for a block that is built when the clock says `nowMillis`
  long recordedAt(long nowMillis) {
    return Math.max(nowMillis, recordedAtMillis);
  }

  StreamSequences streams() {
    return streams;
  }

  RecordedKeys keys() {
    return keys;
  }

  /// Moves on over another node's block, and gives it to the followers.
  void follow(Block block) {
    apply(block);
    tell(block);
  }

  /// Moves on over a block of our own, and gives it to the followers.
  void follow(PlannedBlock planned) {
    var block = planned.block();
    check(block.head());
    long position = block.head().firstPosition();
    for (int i = 0; i < planned.items().size(); i++, position++) {
      var draft = planned.items().get(i).prepared().draft();
      assert draft.key() == null || draft.key().equals(identity.keyOf(draft.stream(), draft.body()))
          : "the identity of records does not give the key that the draft has";
      streams.stands(draft.stream(), planned.sequences()[i]);
      if (draft.key() != null) {
        keys.add(draft.key(), position);
      }
    }
    recordedAtMillis = Math.max(recordedAtMillis, planned.recordedAtMillis());
    advance(block.head());
    tell(block);
  }

  private void replay(long end) {
    while (nextBlock() < end) {
      for (var block : shown(store.blocks(nextBlock(), REPLAYED_AT_ONCE))) {
        if (block.head().number() < end) {
          apply(block);
        }
      }
    }
  }

  private void catchUp(BlockFollower follower, long end) {
    long from = follower.next();
    while (from < end) {
      var blocks =
          follower.controlOnly()
              ? store.controlBlocks(from, end, REPLAYED_AT_ONCE)
              : shown(store.blocks(from, REPLAYED_AT_ONCE));
      if (blocks.isEmpty()) {
        return;
      }
      for (var block : blocks) {
        if (block.head().number() < end) {
          follower.committed(block);
        }
        from = block.head().number() + 1;
      }
    }
  }

  /// @param blocks read where there are some, as an earlier read has shown
  private static List<Block> shown(List<Block> blocks) {
    if (blocks.isEmpty()) {
      throw new LedgerStoreException("the store does not show blocks that it has shown", null);
    }
    return blocks;
  }

  private void apply(Block block) {
    check(block.head());
    BlockReader.checkHash(block);
    if (block.headers().size() != block.head().count()) {
      throw damage(block.head(), "wrong number of headers");
    }
    long position = block.head().firstPosition();
    for (var stored : block.headers()) {
      if (stored.length > 0) {
        var header = StoredHeader.read(stored);
        streams.stands(header.stream(), header.sequence());
        var key = identity.keyOf(header.stream(), header.body(stored));
        if (key != null) {
          keys.add(key, position);
        }
        recordedAtMillis = Math.max(recordedAtMillis, header.recordedAtMillis());
      } else {
        streams.dropped();
      }
      position++;
    }
    advance(block.head());
  }

  private void advance(BlockHead next) {
    head = next;
    keys.covered(next, streams::standing);
  }

  private void tell(Block block) {
    for (var follower : followers) {
      if (!follower.controlOnly() || block.head().control()) {
        follower.committed(block);
      }
    }
  }

  private void check(BlockHead next) {
    if (!next.ledger().equals(ledger)) {
      throw damage(next, "of another ledger");
    }
    if (next.number() != nextBlock() || next.firstPosition() != size()) {
      throw damage(next, "does not continue the block before it");
    }
    var previous = head == null ? new byte[HASH_BYTES] : head.hash();
    if (!Arrays.equals(next.previousHash(), previous)) {
      throw damage(next, "names another block before it");
    }
    if (head != null && !next.keys().equals(next.keys().after(head.keys()))) {
      throw damage(next, "goes back behind the key store's mark");
    }
  }

  private static long lastRecordedAt(Block block) {
    var times = new ArrayList<Long>();
    for (var stored : block.headers()) {
      if (stored.length > 0) {
        times.add(StoredHeader.read(stored).recordedAtMillis());
      }
    }
    return times.stream().mapToLong(Long::longValue).max().orElse(Long.MIN_VALUE);
  }

  private static LedgerDamageException damage(BlockHead head, String what) {
    return new LedgerDamageException("block " + head.number() + ": " + what);
  }
}
