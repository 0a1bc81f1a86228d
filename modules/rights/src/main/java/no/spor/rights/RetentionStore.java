package no.spor.rights;

import java.util.Map;
import java.util.OptionalLong;

/// Port: remembers how far retention has come: numbers under names. They lie in the file or
/// database of the ledger's parts, so that who puts back an older copy of the parts also puts back
/// how far they had been dropped. Thread-safe; a write is durable when it returns.
///
/// Who can write here can make retention drop again what is dropped, leave parts lying whose keys
/// are destroyed, or take a wrong clock for a right one.
public interface RetentionStore {
  OptionalLong number(String name);

  /// Puts a number under a name, in place of the one there.
  void keep(String name, long number);

  /// @return every number by its name, to be kept where the ledger's parts are copied to
  Map<String, Long> all();
}
