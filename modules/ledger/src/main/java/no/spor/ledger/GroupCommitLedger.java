package no.spor.ledger;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A [Ledger] over a [LedgerStore], with one [Appender].
final class GroupCommitLedger implements Ledger, RecordedKeys.Source {
  private static final Logger LOG = System.getLogger(GroupCommitLedger.class.getName());
  private static final int READ_AT_ONCE = 16;
  private static final int MOST_READ_AT_ONCE = 512;
  private static final int SMALL_BLOCK_RECORDS = 4;
  private static final int POSITIONS_A_SLICE = 8;
  private static final int MOST_SLICES = 8;

  private final LedgerStore store;
  private final RecordIdentity identity;
  private final RecordedKeys keys;
  private final BlockCache cache;
  private final AppendQueue queue;
  private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
  private final Freshness freshness;
  private final Thread appender;
  private volatile long size;

  GroupCommitLedger(
      LedgerStore store,
      RecordIdentity identity,
      RecordedKeys keys,
      LedgerOptions options,
      List<BlockFollower> followers) {
    this.store = store;
    this.identity = identity;
    this.keys = keys;
    this.cache = new BlockCache(options.cacheBytes());
    this.queue = new AppendQueue(options);
    this.freshness = options.freshness();
    var state = open(followers);
    this.size = state.size();
    this.appender =
        Thread.ofPlatform()
            .name("ledger-appender")
            .daemon()
            .unstarted(new Appender(store, state, queue, options, this::committed));
  }

  private LedgerState open(List<BlockFollower> followers) {
    try {
      return new LedgerState(store, identity, keys, this, followers);
    } catch (RuntimeException e) {
      keys.close();
      throw e;
    }
  }

  GroupCommitLedger start() {
    appender.start();
    return this;
  }

  @Override
  public CompletableFuture<List<Outcome>> append(List<Draft> drafts) {
    return enqueue(drafts, false, null);
  }

  @Override
  public CompletableFuture<List<Outcome>> appendAtomically(
      List<Draft> drafts, @Nullable Precondition precondition) {
    return enqueue(drafts, true, precondition);
  }

  private CompletableFuture<List<Outcome>> enqueue(
      List<Draft> drafts, boolean atomic, @Nullable Precondition precondition) {
    if (drafts.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    var hashes = new Hashes();
    var prepared = new ArrayList<PreparedDraft>(drafts.size());
    PreparedDraft before = null;
    for (var draft : drafts) {
      before = PreparedDraft.of(draft, hashes, before);
      prepared.add(before);
    }
    var call = new AppendCall(prepared, atomic, precondition);
    if (atomic) {
      checkFitsOneBlock(call);
    }
    queue.put(call);
    // A copy, so that a caller who cancels does not let go of what is being written.
    return call.future.copy();
  }

  private static void checkFitsOneBlock(AppendCall call) {
    if (call.drafts.size() > LedgerFormat.MAX_BLOCK_RECORDS
        || call.bytes > LedgerFormat.MAX_BLOCK_BYTES) {
      throw new IllegalArgumentException("what is to be atomic must fit one block");
    }
    var keys =
        call.drafts.stream().map(draft -> draft.draft().key()).filter(key -> key != null).toList();
    if (keys.stream().distinct().count() < keys.size()) {
      throw new IllegalArgumentException("two drafts of an atomic call have one key");
    }
  }

  @Override
  public long find(RecordKey key) {
    long position = keys.find(key);
    return position < size ? position : -1;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Optional<LedgerRecord> read(long position) {
    var reader = holding(position);
    return reader == null ? Optional.empty() : reader.record(position);
  }

  @Override
  public Map<Long, LedgerRecord> read(Collection<Long> positions) {
    var all = Collections.unmodifiableSortedSet(new TreeSet<>(positions));
    var wanted = List.copyOf(all);
    int slices = Math.clamp(wanted.size() / POSITIONS_A_SLICE, 1, MOST_SLICES);
    var found = new TreeMap<Long, LedgerRecord>();
    if (slices == 1) {
      scattered(wanted, all).forEach(one -> found.put(one.position(), one));
    } else {
      IntStream.range(0, slices)
          .parallel()
          .mapToObj(i ->
              scattered(
                  wanted.subList(wanted.size() * i / slices, wanted.size() * (i + 1) / slices),
                  all))
          .toList()
          .forEach(slice -> slice.forEach(one -> found.put(one.position(), one)));
    }
    return found;
  }

  /// Places of a timeline lie far apart: the blocks they are in are not kept, for they would drive
  /// out what others read again and again, and what is kept for a while is dear to collect.
  private List<LedgerRecord> scattered(List<Long> ascending, SortedSet<Long> all) {
    var found = new ArrayList<LedgerRecord>(ascending.size());
    BlockReader reader = null;
    for (long position : ascending) {
      if (position < 0 || position >= size) {
        continue;
      }
      if (reader == null || reader.endPosition() <= position) {
        reader = cache.holding(position);
        if (reader == null) {
          reader =
              new BlockReader(store.excerptAt(position, all).orElseThrow(() -> hidden(position)));
        }
      }
      reader.record(position).ifPresent(found::add);
    }
    return found;
  }

  @Override
  public List<LedgerRecord> readFrom(long from, int max) {
    long end = size;
    long position = Math.max(0, from);
    var records = new ArrayList<LedgerRecord>((int) Math.clamp(end - position, 0, max));
    while (position < end && records.size() < max) {
      var block = cache.readHolding(position);
      if (block == null) {
        position = scan(position, end, max, records);
      } else {
        position = take(block, position, max, records);
      }
    }
    return records;
  }

  /// Reads on from the store, several blocks at once, without keeping them: who reads everything
  /// must not drive out what others read again and again.
  private long scan(long from, long end, int max, List<LedgerRecord> records) {
    var first = store.blockAt(from).orElseThrow(() -> hidden(from));
    long position = take(new BlockReader(first), from, max, records);
    long number = first.head().number() + 1;
    int count = first.head().count();
    int most = READ_AT_ONCE;
    while (position < end && records.size() < max && cache.holding(position) == null) {
      int wanted = Math.clamp((max - records.size()) / count + 1, 1, most);
      var blocks = store.blocks(number, wanted);
      if (blocks.isEmpty()) {
        throw hidden(position);
      }
      for (var block : blocks) {
        if (position < end) {
          position = take(new BlockReader(block), position, max, records);
        }
      }
      number += blocks.size();
      // Where blocks are small, more of them are asked for in one go: of a store that is far away
      // each question is dear.
      boolean small = blocks.getLast().head().count() <= SMALL_BLOCK_RECORDS;
      most = small ? Math.min(2 * most, MOST_READ_AT_ONCE) : READ_AT_ONCE;
    }
    return position;
  }

  private static long take(
      BlockCache.ReadBlock block, long from, int max, List<LedgerRecord> records) {
    for (var record : block.records()) {
      if (record.position() >= from) {
        if (records.size() >= max) {
          return record.position();
        }
        records.add(record);
      }
    }
    return block.end();
  }

  private static long take(BlockReader reader, long from, int max, List<LedgerRecord> records) {
    var head = reader.block().head();
    for (long position = from; position < head.endPosition(); position++) {
      if (records.size() >= max) {
        return position;
      }
      reader.record(position).ifPresent(records::add);
    }
    return head.endPosition();
  }

  @Override
  public List<Long> taggedBlocks(Collection<Tag> anyOf, long fromPosition, int max) {
    if (fromPosition >= size) {
      return List.of();
    }
    var reader = holding(Math.max(0, fromPosition));
    return reader == null
        ? List.of()
        : store.taggedBlocks(anyOf, reader.block().head().number(), max);
  }

  @Override
  public List<LedgerRecord> recordsOf(long block) {
    var reader = cache.numbered(block);
    if (reader != null) {
      return reader.records();
    }
    var blocks = store.blocks(block, 1);
    return blocks.isEmpty() ? List.of() : new BlockReader(blocks.getFirst()).records();
  }

  @Override
  public int drop(long block, Collection<PartAddress> parts) {
    int dropped = store.drop(block, parts);
    for (var head : store.heads(block, 1)) {
      cache.remove(head.firstPosition());
    }
    return dropped;
  }

  @Override
  public void requireFresh() {
    freshness.require();
  }

  @Override
  public long writersEpoch() {
    return store.writersEpoch();
  }

  @Override
  public Waiting waiting() {
    return queue.waiting();
  }

  @Override
  public AutoCloseable onCommitted(Runnable wake) {
    wakes.add(wake);
    return () -> wakes.remove(wake);
  }

  @Override
  public void close() {
    if (Thread.currentThread() == appender) {
      throw new IllegalStateException("the appender cannot wait for itself");
    }
    queue.close();
    boolean interrupted = false;
    while (appender.isAlive()) {
      try {
        appender.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    keys.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public byte @Nullable [] hashOfBlock(long number) {
    var heads = store.heads(number, 1);
    return heads.isEmpty() ? null : heads.getFirst().hash();
  }

  @Override
  public @Nullable RecordKey keyAt(long position) {
    var reader = load(position);
    var head = reader.block().head();
    var stored = reader.block().headers().get((int) (position - head.firstPosition()));
    if (stored.length == 0) {
      return null;
    }
    var header = StoredHeader.read(stored);
    return identity.keyOf(header.stream(), header.body(stored));
  }

  private void committed(Block block, @Nullable Supplier<List<LedgerRecord>> records) {
    if (records == null) {
      cache.put(block);
    } else {
      cache.put(block, records);
    }
    size = block.head().endPosition();
    for (var wake : wakes) {
      try {
        wake.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "somebody who was woken failed", e);
      }
    }
  }

  private @Nullable BlockReader holding(long position) {
    return position < 0 || position >= size ? null : load(position);
  }

  /// @param position of a record that stands
  private BlockReader load(long position) {
    var reader = cache.holding(position);
    if (reader == null) {
      var block = store.blockAt(position).orElseThrow(() -> hidden(position));
      reader = cache.put(block).reader();
    }
    return reader;
  }

  /// Not knowing what stands there must never look like knowing that it is something else.
  private static LedgerStoreException hidden(long position) {
    return new LedgerStoreException(
        "the store does not show the block with position " + position + ", which stands", null);
  }
}
