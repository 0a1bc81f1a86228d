package no.spor.ledger.verify;

import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.Tag;

/// Where a verifier reads blocks from. Thread-safe. Nothing it says is believed.
public interface BlockSource {
  /// @return the id that the store says its ledger has
  UUID ledger();

  /// @return number of the newest block; empty for an empty ledger
  OptionalLong newest();

  /// @return up to `max` blocks from number `from` on, ascending; empty beyond the newest
  /// @throws no.spor.ledger.LedgerDamageException where one of them cannot be read
  List<Block> blocks(long from, int max);

  /// Shows each row of what the store keeps to find blocks by, apart from the blocks themselves, in
  /// any order. A store whose finding rests on the blocks' own bytes shows none.
  ///
  /// @return whether it keeps such rows
  default boolean index(IndexRows rows) {
    return false;
  }

  /// Is shown what a store finds blocks by.
  interface IndexRows {
    void control(long block);

    void tag(Tag tag, long block);

    void label(String label, long block);

    /// A row that cannot be what it should.
    void broken(String detail);
  }

  static BlockSource of(LedgerStore store) {
    return new BlockSource() {
      @Override
      public UUID ledger() {
        return store.ledger();
      }

      @Override
      public OptionalLong newest() {
        var newest = store.newest();
        return newest.isEmpty() ? OptionalLong.empty() : OptionalLong.of(newest.get().number());
      }

      @Override
      public List<Block> blocks(long from, int max) {
        return store.blocks(from, max);
      }
    };
  }
}
