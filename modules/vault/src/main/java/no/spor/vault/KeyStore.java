package no.spor.vault;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Port: keeps wrapped keys, the people they belong to, and what was forgotten. Passes
/// `KeyStoreSuite`. Thread-safe.
///
/// Every write is one atomic step and durable when it returns: a crash afterwards loses nothing of
/// it. A key that a write destroys is in no byte of the store's files when it returns; what leads
/// to a person (lookup, internal id, pseudonyms) in none when [#finish] of its job has returned.
/// Reads see every write that has returned. Every method throws [KeysUnavailableException] where
/// the store cannot say.
///
/// Who can write here can destroy, and can say that someone is erased or was never seen; without
/// the root it can neither read a key nor put one in another's place, since a [KeyName] is bound
/// into each wrapped key.
public interface KeyStore extends AutoCloseable {

  /// @return the store's random id, set when it is made: another id means another store
  UUID id();

  /// Counts what no ledger can give back: [#make] raises it by at least one where it makes
  /// anything, and [#acceptLoss] does; nothing else. An older copy that reads its way forward
  /// forgets again, but stays below the generation that knew the keys made since, however much it
  /// has to forget.
  ///
  /// @return how new the store is; never goes back
  long generation();

  /// @return the epoch that is open for writing; 0 before the first
  int epoch();

  /// Opens an epoch for writing and closes all before it: from then on [#make] refuses keys wrapped
  /// under another.
  ///
  /// @return false where this epoch or a later one was open already; nothing was changed then
  boolean openEpoch(int epoch);

  Map<KeyName.Secret, WrappedKey> secrets(Collection<KeyName.Secret> names);

  /// @return how each of them stands, none left out
  Map<PersonRef, Standing> people(Collection<PersonRef> people);

  /// @return the person a pseudonym belongs to; empty where the person, or the account that it
  ///   stands for, is gone
  Optional<Person> owner(Pseudonym pseudonym);

  /// As [#owner], of many in few questions.
  ///
  /// @return of each pseudonym whose person it belongs to; those of nobody are not in it
  default Map<Pseudonym, Person> owners(Collection<Pseudonym> pseudonyms) {
    Map<Pseudonym, Person> found = new HashMap<>();
    pseudonyms.forEach(
        pseudonym -> owner(pseudonym).ifPresent(person -> found.put(pseudonym, person)));
    return found;
  }

  /// @return those of the pseudonyms that belong to someone
  Set<Pseudonym> recorded(Collection<Pseudonym> pseudonyms);

  /// @return all pseudonyms of a person, of history and account
  List<Pseudonym> pseudonyms(UUID person);

  /// @param after go on after this place in the order; null from the first
  /// @return up to `max` people of all tenants who have an account key, by lookup and then tenant
  List<Person> accounts(@Nullable PersonRef after, int max);

  Map<PeriodId, WrappedKey> periods(Collection<PeriodId> periods);

  /// @return up to `max` periods of the series that have a key and are of days before `day`, the
  ///   oldest first
  List<PeriodId> periodsBefore(PeriodId.Series series, int day, int max);

  /// @return for each the first day that is not expired; those that have no mark are left out
  Map<PeriodId.Series, Integer> marks(Collection<PeriodId.Series> series);

  /// Makes what is not there yet, first come first served. Each person (with account and
  /// pseudonyms), each series of periods and each secret is one step; a store with transactions
  /// makes them all in one. A crash leaves some of them, which count like any others: whoever reads
  /// one reads a generation that no copy without it has. Left out is: a secret, person, account key
  /// or period that stands already, a person whose lookup is fenced, an account key or pseudonym of
  /// a person that is not there, the account's pseudonyms where the account key of the same call
  /// was left out, a period below its mark.
  ///
  /// @return the generation that holds what was made, and what this very call made: the rest is to
  ///   be read
  /// @throws StaleEpochException where a key is wrapped under another epoch than [#epoch]; nothing
  ///   was made, or, where the epoch was opened during this very call, nothing that anybody can
  ///   have used: read what stands
  Made make(NewKeys keys);

  /// Destroys a person's keys and lookup link and sets the fence, all in one step, and leaves a
  /// [Job] with the pseudonyms that are nobody's now. With a lookup, whoever stands under it is
  /// destroyed too: made between the ledger's record and this write. Harmless to repeat; one that
  /// is older than what stands at the lookup (by position) sets no fence and destroys by internal
  /// id alone.
  Erased erase(Erasure erasure);

  /// Destroys a person's account key, and leaves a [Job] with the account's pseudonyms. Harmless to
  /// repeat: a closing at a position that is not above the last one's changes nothing, whatever its
  /// time.
  Erased closeAccount(AccountClosing closing);

  /// Lets an erased person be recorded anew, with events of `notBeforeMillis` and later.
  ///
  /// @param position the ledger's: one that is older than what stands at the lookup changes nothing
  void permit(PersonRef person, long notBeforeMillis, long position);

  /// Expires all days of a series before `firstKept`: sets the mark, which never goes back, and
  /// destroys the keys below it.
  ///
  /// @return how many keys were destroyed
  int expire(PeriodId.Series series, int firstKept);

  /// @return erasures that are not completed yet
  List<Job> jobs();

  /// Forgets jobs and their pseudonyms, for good. Harmless to repeat. May take time in proportion
  /// to the store, for many jobs as for one.
  void finish(Collection<UUID> jobs);

  /// @return the last block of the ledger whose control records, and all before, have been applied;
  ///   empty for none. Where the ledger's block of that number has another hash, this store follows
  ///   another history: it must not be used with this ledger
  Optional<Followed> followed(UUID ledger);

  /// Moves [#followed] forward: a block below or at the one that stands changes nothing.
  void follow(UUID ledger, Followed followed);

  /// Goes on with a ledger that was restored on purpose to an earlier point: [#followed] is `at`
  /// from now on, though it was further. What was forgotten stays forgotten. Where its record stood
  /// at `position` or later, which the ledger has lost, it counts as forgotten at `position`, so
  /// that every later record comes after it; and its [Job] is gone, since nothing tells any more
  /// what is to become of it. To be said before anything later is followed; may be repeated until
  /// [#followed] is `at`.
  ///
  /// @param position of the ledger's record that says so
  void followAnew(UUID ledger, Followed at, long position);

  /// @return up to `max` keys that are wrapped under an epoch before `epoch`
  Map<KeyName, WrappedKey> wrappedBefore(int epoch, int max);

  /// Replaces wrapped keys where they still stand; those that do not are left alone.
  ///
  /// @throws StaleEpochException where a new one is wrapped under another epoch than [#epoch]
  void rewrap(List<Rewrapped> keys);

  /// Takes over from a store that was lost, or that knew more: an operator's decision. Raises the
  /// generation to at least `generation` where `store` is this one.
  void acceptLoss(UUID store, long generation);

  /// @return whether this store knows all that `store` knew at `generation`, or its loss was
  ///   accepted
  boolean covers(UUID store, long generation);

  /// @return whether a loss was ever accepted: keys may be missing without an erasure or expiry
  boolean lossAccepted();

  /// May take time in proportion to the store: not to be asked all the time.
  ///
  /// @return how many keys stand; empty where the store cannot count them
  default Optional<Census> census() {
    return Optional.empty();
  }

  /// @return what was given to [#acceptLoss]: by store, this one too, the highest generation
  Map<UUID, Long> acceptedLosses();

  @Override
  void close();

  /// Whom a lookup stands for, within a tenant.
  record PersonRef(String tenant, Lookup lookup) {}

  /// An active person.
  ///
  /// @param id random, internal
  /// @param account null where there is none: never made, or closed
  /// @param accountClosedAtMillis when the account was last closed; [Long#MIN_VALUE] for never
  /// @param accountClosedPosition the ledger's position of that closing; -1 for never
  record Person(
      UUID id,
      PersonRef ref,
      WrappedKey history,
      @Nullable WrappedKey account,
      long accountClosedAtMillis,
      long accountClosedPosition) {}

  /// A fence: this person was erased.
  ///
  /// @param notBeforeMillis events before this are refused; [Long#MAX_VALUE] where there is no
  ///   permission, so all are
  /// @param position the ledger's position of the erasure or permission that was applied last
  record Fence(long erasedAtMillis, long notBeforeMillis, long position) {
    public boolean refuses(long eventMillis) {
      return eventMillis < notBeforeMillis || notBeforeMillis == Long.MAX_VALUE;
    }
  }

  /// @param people who have keys
  /// @param fences of people who were erased
  /// @param periods keys of days, by retention class
  record Census(long people, long fences, Map<String, Long> periods) {}

  /// Person and fence both: recorded anew under a permission. Neither: never seen.
  record Standing(@Nullable Person person, @Nullable Fence fence) {
    public static final Standing NEVER_SEEN = new Standing(null, null);
  }

  /// What is to be made, in one step.
  record NewKeys(
      Map<KeyName.Secret, WrappedKey> secrets,
      List<NewPerson> people,
      List<NewAccount> accounts,
      Map<PeriodId, WrappedKey> periods,
      List<NewPseudonym> pseudonyms) {
    public boolean isEmpty() {
      return secrets.isEmpty()
          && people.isEmpty()
          && accounts.isEmpty()
          && periods.isEmpty()
          && pseudonyms.isEmpty();
    }
  }

  /// What a call has made, itself and just so as it was given. A store that cannot tell leaves it
  /// out here.
  ///
  /// @param generation holds what was made
  record Made(
      long generation,
      Set<UUID> people,
      Set<UUID> accounts,
      Set<PeriodId> periods,
      Set<Pseudonym> pseudonyms) {
    /// @return of a store that does not tell: everything is to be read
    public static Made untold(long generation) {
      return new Made(generation, Set.of(), Set.of(), Set.of(), Set.of());
    }
  }

  /// @param eventMillis time of the newest event that asks for the person: a fence is asked whether
  ///   it refuses it
  record NewPerson(UUID id, PersonRef ref, WrappedKey history, long eventMillis) {}

  record NewAccount(UUID person, WrappedKey key) {}

  /// @param account whether it stands for the person's account, or for the person's history
  record NewPseudonym(Pseudonym pseudonym, UUID person, boolean account) {}

  /// @param person null for someone never seen
  /// @param lookup null to forget without a fence: the next visit is someone new
  /// @param position the ledger's position of the erasure's record
  record Erasure(
      UUID job,
      String tenant,
      @Nullable UUID person,
      @Nullable Lookup lookup,
      long position,
      long erasedAtMillis) {}

  record AccountClosing(UUID job, String tenant, UUID person, long position, long closedAtMillis) {}

  /// Where a ledger has been followed to.
  ///
  /// @param block the block's number
  /// @param hash the block's hash, 32 bytes: names the history too, not only how long it was
  record Followed(long block, byte[] hash) {}

  /// @param people whose keys were destroyed by this call, or by an earlier one with the same job
  ///   that is not finished
  record Erased(Set<UUID> people, long generation) {}

  /// An erasure that is not completed.
  ///
  /// @param pseudonyms nobody's now: to be scrubbed, counted, dropped
  record Job(UUID id, String tenant, long position, List<Pseudonym> pseudonyms) {}

  record Rewrapped(KeyName name, WrappedKey before, WrappedKey after) {}
}
