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

  /// Destroys an epoch's key: it is in no byte of the store's files when this returns. Harmless to
  /// repeat.
  void destroy(UUID keyStore, int number, long destroyedAtMillis);

  @Override
  void close();

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
