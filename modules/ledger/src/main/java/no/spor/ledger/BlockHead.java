package no.spor.ledger;

import java.util.UUID;

/// What the block's hash covers but the entries, and the hash itself. See `FORMAT.md`, "Block".
public record BlockHead(
    UUID ledger,
    long number,
    long firstPosition,
    int count,
    byte[] previousHash,
    UUID commit,
    long epoch,
    KeyStoreMark keys,
    boolean control,
    byte[] hash) {
  /// @return the position after the block's last record: the size of the ledger that ends with it
  public long endPosition() {
    return firstPosition + count;
  }
}
