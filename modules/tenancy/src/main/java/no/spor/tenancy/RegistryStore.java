package no.spor.tenancy;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Port: keeps the registry, which can be thrown away and rebuilt from the ledger's flagged blocks.
/// Passes `RegistryStoreSuite` of the module `conformance`. Thread-safe; one writer.
///
/// Trust: who can write here can let himself in until the registry is rebuilt. Holds names of
/// tenants and keys, hashes of keys, catalogue documents; no secrets, nothing of people.
public interface RegistryStore extends AutoCloseable {

  /// What of the ledger has been followed.
  ///
  /// @param form form of the entries' values; another program's is not read
  /// @param block number of the last block that was followed
  /// @param hash that block's hash, 32 bytes
  record Mark(int form, UUID ledger, long block, byte[] hash) {}

  /// @param kind `tenant` or `key`
  /// @param id unique within its kind
  /// @param value as the registry writes it
  record Entry(String kind, String id, byte[] value) {}

  /// @return empty for an empty registry
  Optional<Mark> mark();

  /// @return all entries, in any order
  List<Entry> entries();

  /// Adds or replaces entries and moves the mark, in one transaction. After a crash of the machine
  /// the last calls may be undone, whole and in order.
  void save(List<Entry> changed, Mark mark);

  /// Throws everything away, the mark too.
  void clear();

  @Override
  void close();
}
