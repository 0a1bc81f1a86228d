package no.spor.vault;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Port: keeps epoch keys, wrapped by the root. Small, in no backup but one replaceable escrow
/// copy: destroying an epoch kills every older copy of the key store. Passes `EpochStoreSuite`.
/// Thread-safe.
///
/// Every write is durable when it returns. Who can write here can destroy, but not read without the
/// root.
public interface EpochStore extends AutoCloseable {
  /// @return all epochs of a key store, destroyed ones too, ascending
  List<Epoch> epochs(UUID keyStore);

  /// Adds an epoch, unless its number stands already, destroyed or not.
  ///
  /// @return what stands under its number now
  Epoch add(UUID keyStore, Epoch epoch);

  /// Destroys an epoch's key: it is in no byte of the store's files when this returns. What was
  /// noted under that epoch or an earlier one goes too. Harmless to repeat.
  void destroy(UUID keyStore, int number, long destroyedAtMillis);

  /// Notes what the key store is about to forget. This store is in no backup, so where ledger and
  /// key store are both put back from before, it is from here that they learn of it. Harmless to
  /// repeat.
  void note(UUID keyStore, Forgotten forgotten);

  /// @return what was noted, and may still stand in an older copy of the key store that opens
  List<Forgotten> forgotten(UUID keyStore);

  @Override
  void close();

  /// Somebody, or somebody's account.
  ///
  /// @param ledger whose record says so
  /// @param job the erasure's id, or the closing's
  /// @param person the random internal id; null for someone never seen
  /// @param fence see [KeyStore.Erasure]; null for none
  /// @param account whether it is the account alone
  /// @param epoch that was open: copies from before are dead when it is destroyed
  record Forgotten(
      UUID ledger,
      UUID job,
      String tenant,
      @Nullable UUID person,
      @Nullable Lookup fence,
      boolean account,
      int epoch) {
    @Override
    public String toString() {
      return "Forgotten[" + job + ", …]";
    }
  }

  /// @param number from 1
  /// @param wrapped as the root made it; null once destroyed
  /// @param destroyedAtMillis [Long#MAX_VALUE] while it stands
  record Epoch(
      int number, long createdAtMillis, byte @Nullable [] wrapped, long destroyedAtMillis) {
    @Override
    public String toString() {
      return "Epoch[" + number + "]";
    }
  }
}
