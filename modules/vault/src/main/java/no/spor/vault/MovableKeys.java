package no.spor.vault;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Port: all that a [KeyStore] holds, whole, so that it can move to a store of another kind: keys
/// stay wrapped as they are, so nothing is read. To be used while nobody else uses either store.
///
/// What is put is durable when a call returns. A store that was not told [#become] at the end is
/// behind every ledger that was sealed with its keys, and says so.
public interface MovableKeys {

  /// @return the store's id, which the copy must have been made with
  UUID id();

  /// @return what the store says of itself. Ask after [#each], which may raise the generation
  Self self();

  /// Hands out everything, a thing at a time, each once.
  void each(Consumer<Held> taker);

  /// Takes everything away but the id.
  void empty();

  /// Puts what another store holds, each once after [#empty].
  void put(List<Held> some);

  /// Says of the store what the one said that all it holds is from: the last thing to do.
  void become(Self self);

  /// See [KeyStore#generation], [KeyStore#epoch], [KeyStore#lossAccepted].
  record Self(long generation, int epoch, boolean lossAccepted) {}

  /// Something that a key store holds.
  sealed interface Held {}

  record HeldSecret(KeyName.Secret name, WrappedKey key) implements Held {}

  /// Whoever stands under one lookup of a tenant.
  ///
  /// @param pseudonyms of the person
  record HeldLookup(
      KeyStore.PersonRef ref,
      KeyStore.@Nullable Person person,
      List<KeyStore.NewPseudonym> pseudonyms,
      KeyStore.@Nullable Fence fence)
      implements Held {}

  /// @param mark the first day that is not expired; null for none
  record HeldSeries(PeriodId.Series series, @Nullable Integer mark, Map<PeriodId, WrappedKey> keys)
      implements Held {}

  /// @param people whose keys were destroyed
  record HeldJob(KeyStore.Job job, Set<UUID> people) implements Held {}

  record HeldFollowed(UUID ledger, KeyStore.Followed followed) implements Held {}

  /// A store whose loss was accepted.
  record HeldAccepted(UUID store, long generation) implements Held {}
}
