package no.spor.ledger.tree;

import java.util.List;
import java.util.Optional;
import no.spor.ledger.LedgerStoreException;

/// Port: keeps the full tiles of level 1 and above, beside the ledger. They follow from the
/// entries: what is missing is made anew, so that losing them costs time alone. Every
/// implementation passes the suite `TileStoreSuite` of the module `conformance`.
///
/// Thread-safe. Who can write here can make proofs fail that others check, and nothing else: what
/// is signed rests on tiles that were held against the published root, or made from the entries.
public interface TileStore {

  /// A full tile.
  ///
  /// @param level from 1 on
  /// @param hashes 256 of them, 8,192 bytes
  record Tile(int level, long index, byte[] hashes) {}

  /// @return the hashes of a full tile; empty where it is not kept
  /// @throws LedgerStoreException where it cannot be read now
  Optional<byte[]> tile(int level, long index);

  /// Keeps tiles, all or none of them; a tile that is kept already is replaced.
  ///
  /// @throws LedgerStoreException where none of them is kept now
  void put(List<Tile> tiles);

  /// Removes every tile that covers an entry at or after this position.
  void removeFrom(long position);
}
