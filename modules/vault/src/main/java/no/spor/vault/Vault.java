package no.spor.vault;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import no.spor.activity.HeaderBody;
import no.spor.activity.PersonId;
import org.jspecify.annotations.Nullable;

/// Makes, finds, uses and destroys keys; seals and opens. Keys never leave it as bytes.
/// Thread-safe.
///
/// Every method throws [KeysUnavailableException] where the key store cannot say (unreachable,
/// inconsistent, behind the ledger).
public interface Vault extends AutoCloseable {

  /// Opens a vault on its stores, and makes the first epoch where there is none. The stores and the
  /// root stay the caller's to close, after the vault.
  ///
  /// @param ledger the ledger whose parts it seals: content keys and pseudonyms of one ledger are
  ///   nothing in another
  /// @param clock tells when epochs began
  /// @throws WrongRootException where the root does not open the epochs
  static Vault open(
      KeyStore keys,
      EpochStore epochs,
      RootKey root,
      UUID ledger,
      VaultOptions options,
      InstantSource clock,
      SecureRandom random) {
    return new SealingVault(
        keys, new EpochKeys(keys, epochs, root, clock, random), ledger, options, random);
  }

  /// Seals events, all of one call with as few commits of the key store as can be. Keys that are
  /// made are durable when this returns. Requests of several tenants may be mixed. Wipes every
  /// `PlainPart.content`, also when it throws.
  ///
  /// For the role `FENCE` the vault puts the person's lookup in place of the content; without a
  /// person the content is the lookup. The person is of the header's tenant; in a control record
  /// (tenant `spor`) of the tenant that its one tag `tenant` names.
  ///
  /// @throws IllegalArgumentException where the parts are not those of the header's roles, or a
  ///   text has no UTF-8
  List<SealOutcome> seal(List<SealRequest> requests);

  /// Opens one part. Parts of control records (roles `FENCE` and `PAYLOAD`) also where the key
  /// store is behind: by these it forgets again. A fence of a tenant that the key store has no keys
  /// of is `Erased`: there is nobody of that tenant to be kept out.
  ///
  /// @param body the header's body, exact bytes
  /// @param partIndex index among the record's parts
  Opened open(HeaderBody header, byte[] body, int partIndex, byte[] part);

  /// Says whose parts are about to be opened, and has them looked up at once rather than each by
  /// itself. Changes nothing else: what it finds is held to what is known of erasures when a part
  /// is opened, as ever.
  void expect(Collection<Pseudonym> owners);

  /// Says why a part that was dropped is gone: `Expired` where its period is under the mark of
  /// expiry, else `Erased`.
  Opened gone(HeaderBody header);

  /// @return what is known of a person, and every pseudonym its events were given
  PersonView find(String tenant, PersonId person);

  /// @param state never *unknown*: that is an exception
  /// @param internalId the person's random internal id, for the record of an erasure; null unless
  ///   active
  /// @param pseudonyms 16 bytes each; empty unless active
  record PersonView(PersonState state, @Nullable UUID internalId, List<byte[]> pseudonyms) {}

  /// @return how a person stands; the cheaper half of [#find(String, PersonId)]
  PersonState state(String tenant, PersonId person);

  /// As the other one, for who knows the lookup only.
  PersonView find(KeyStore.PersonRef person);

  /// @return the person a pseudonym belongs to; empty where the person, or the account that it
  ///   stands for, is gone
  Optional<KeyStore.Person> owner(Pseudonym pseudonym);

  /// Tells who has an account and has been quiet: by the pseudonyms that were recorded, so also of
  /// events that are over by now.
  ///
  /// @param since whom, and from which UTC month of events' times on
  /// @param until to which month; later ones are not asked for
  /// @return those who stand with an account and of whom nothing is recorded of these months
  Set<KeyStore.PersonRef> quiet(Map<KeyStore.PersonRef, Instant> since, Instant until);

  /// Finds what fences and permissions know a person by. Makes the tenant's keys where it has none.
  KeyStore.PersonRef ref(String tenant, PersonId person);

  UUID keyStore();

  /// @return the generation of the key store as this node last saw or made it
  long generation();

  /// Says what a block of the ledger says: the key store must have been in this generation. Where
  /// it is another store, or behind, every method that seals, opens or finds throws
  /// [KeysUnavailableException] until it has caught up or the loss is accepted. To be called with
  /// the newest block before anything is served, and with every block that is followed. The zero id
  /// (no key store) expects nothing. Asks no store: never blocks, never throws.
  void expect(UUID keyStore, long generation);

  /// An operator's decision, recorded by the caller: what that key store knew beyond this one is
  /// lost. Its parts are `Erased` from now on.
  void acceptLoss(UUID keyStore, long generation);

  /// Erases a person from the key store and from this node, after the erasure's record is in the
  /// ledger. When it returns, no key of that person exists in the store or is used by this node,
  /// and all handles are dead. Harmless to repeat at any time: who was recorded anew since, under a
  /// permission or as the next visit, is someone else and stays. Also where the key store is
  /// behind: so it forgets again.
  KeyStore.Erased erase(Forget forget);

  /// Destroys the key of a person's account in the key store, after the closing's record is in the
  /// ledger. Harmless to repeat.
  KeyStore.Erased closeAccount(KeyStore.AccountClosing closing);

  /// @return what [#erase] and [#closeAccount] have done since copies of the key store that still
  ///   open were made, kept where no backup reaches: a ledger that was put back together with its
  ///   keys may not know of it
  List<EpochStore.Forgotten> forgotten();

  /// An erasure as its record says.
  ///
  /// @param job the erasure's id, under which the key store keeps the pseudonyms until it is
  ///   completed
  /// @param internalId the person's internal id when the record was written; null for someone never
  ///   seen
  /// @param fence the lookup, as the record's part of role `FENCE` holds it; null to forget a
  ///   visitor of which the next visit is someone new
  /// @param position the ledger's position of the erasure's record
  record Forget(
      UUID job,
      String tenant,
      @Nullable UUID internalId,
      @Nullable Lookup fence,
      long position,
      Instant at) {
    @Override
    public String toString() {
      return "Forget[" + job + ", …]";
    }
  }

  /// This node has learned from the ledger that a person is erased: when it returns, handles are
  /// dead and keys are out of the caches. Until the key store shows it too, or [#erase] has written
  /// it there, the person is refused and unreadable.
  ///
  /// @param internalId the person's random internal id
  void forgotten(UUID internalId);

  /// As [#forgotten], for whoever stands under the lookup that a fence names.
  ///
  /// @param position the ledger's position of the erasure's record
  void fenced(KeyStore.PersonRef person, long position);

  /// As [#forgotten], for a person's account alone.
  ///
  /// @param position the ledger's position of the closing's record
  void accountClosed(UUID internalId, long position);

  /// This node has learned that all days of a series before `firstKept` have expired in the key
  /// store.
  void expired(PeriodId.Series series, int firstKept);

  /// Makes a key that signs for a ledger. Durable in the key store when this returns.
  ///
  /// @param origin the ledger's, as others know it
  SigningKey makeSigningKey(String origin);

  /// @return the key that [#makeSigningKey] made; empty where this key store never had it
  Optional<SigningKey> signingKey(String origin, byte[] publicKey);

  /// @return how the epochs of the key store stand
  Epochs epochs();

  /// @param open number of the epoch under which keys are wrapped now
  /// @param openedAt copies of the key store from before are dead, unless `unfinished`
  /// @param unfinished whether an epoch before stands still: a rotation was interrupted
  record Epochs(int open, Instant openedAt, boolean unfinished) {}

  /// Opens a new epoch, wraps every key anew and destroys the epochs before: from then on older
  /// copies of the key store are dead. Harmless to repeat after a crash at any point.
  void rotateEpochs();

  /// @return how this vault is doing, to be measured; asks the key store a few short questions.
  ///   Never throws
  VaultCondition condition();

  @Override
  void close();
}
