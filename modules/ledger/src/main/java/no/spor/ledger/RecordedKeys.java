package no.spor.ledger;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The keys of all records, for *once, for good*, and the streams' next sequences: derived from the
/// ledger, thrown away and rebuilt where in doubt. One appender's thread adds to it; any thread may
/// look into it, and may then miss what is being added.
public interface RecordedKeys extends AutoCloseable {

  /// 48 MiB of memory at most.
  int KEYS_IN_MEMORY = 750_000;

  /// What it holds already.
  ///
  /// @param blocks how many blocks, from number 0 on, it has been given
  /// @param nextSequences the next sequence of each stream after those blocks
  record Covered(long blocks, Map<String, Long> nextSequences) {
    /// Nothing: everything is to be given to it.
    public static final Covered NOTHING = new Covered(0, Map.of());
  }

  /// Tells what the ledger says, so that what the index says can be checked.
  interface Source {
    /// @return the block's hash, or null where there is no such block
    byte @Nullable [] hashOfBlock(long number);

    /// Thread-safe.
    ///
    /// @param position of a record that stands
    /// @return the key of the record at this position, or null where it has none or its header was
    ///   dropped
    /// @throws LedgerStoreException where the store does not show it now
    @Nullable RecordKey keyAt(long position);
  }

  /// Binds it to a ledger; called once, before everything else. What it holds of another ledger, or
  /// of blocks that the ledger does not have, it throws away.
  Covered bind(UUID ledger, Source source);

  /// Thread-safe.
  ///
  /// @throws LedgerStoreException where it cannot tell now (its disk is full, or the ledger cannot
  ///   be read)
  /// @return the position of the record with this key, checked against the record itself; −1 where
  ///   there is none
  long find(RecordKey key);

  /// Adds the key of a record that stands.
  void add(RecordKey key, long position);

  /// Says that all keys of all blocks up to and with this one have been added.
  ///
  /// @param nextSequences the streams' next sequences after it; asked during the call only
  void covered(BlockHead head, Supplier<Map<String, Long>> nextSequences);

  /// Keeps what it has for the next run.
  @Override
  void close();

  /// Keys in a directory of their own on a local disk: the newest in memory, the rest in sorted
  /// runs (about 10.6 bytes a key). A directory that is lost, damaged or of another ledger is
  /// rebuilt from the ledger. Who can write there can make a record be taken for new that is not,
  /// no more.
  ///
  /// @param random source of the secret that keeps others from aiming at collisions
  /// @param keysInMemory how many keys gather before a run is written, [#KEYS_IN_MEMORY] by
  ///   default; takes up to 64 bytes of memory each
  static RecordedKeys open(Path directory, SecureRandom random, int keysInMemory) {
    return new StoredKeys(directory, random, keysInMemory);
  }

  /// @return keys in memory alone, which every opening builds anew: for small ledgers and tests
  static RecordedKeys inMemory() {
    return new RecordedKeys() {
      private final Map<RecordKey, Long> positions = new ConcurrentHashMap<>();

      @Override
      public Covered bind(UUID ledger, Source source) {
        positions.clear();
        return Covered.NOTHING;
      }

      @Override
      public long find(RecordKey key) {
        return positions.getOrDefault(key, -1L);
      }

      @Override
      public void add(RecordKey key, long position) {
        positions.put(key, position);
      }

      @Override
      public void covered(BlockHead head, Supplier<Map<String, Long>> nextSequences) {
        // Kept for this run alone.
      }

      @Override
      public void close() {
        positions.clear();
      }
    };
  }
}
