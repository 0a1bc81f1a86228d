package no.spor.ledger;

/// Consecutive records of a block, as [LedgerStore#excerptAt] reads them.
///
/// @param block its entries and headers are those of the excerpt's records alone; of its groups,
///   parts of records that nobody asked for may be missing; tags may be missing
/// @param from place in the block of the first of them, from 0
public record BlockExcerpt(Block block, int from) {
  /// @return position behind the last of them
  long endPosition() {
    return block.head().firstPosition() + from + block.headers().size();
  }
}
