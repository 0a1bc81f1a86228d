package no.spor.vault;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.PersonRef;
import org.jspecify.annotations.Nullable;

/// An active person, keys unwrapped.
final class PersonEntry extends Counted {
  private final UUID id;
  private final PersonRef ref;
  private final @Nullable Fence fence;
  private final boolean accountClosing;
  private final long accountClosedAtMillis;
  private volatile @Nullable LastKey lastKey;
  private volatile boolean knownWhole;
  private final SecretBytes history;
  private final @Nullable SecretBytes account;
  private final Handle historyHandle;
  private final @Nullable Handle accountHandle;
  private final Map<Integer, Pseudonym> historyPseudonyms = new ConcurrentHashMap<>(4);
  private final Map<Integer, Pseudonym> accountPseudonyms = new ConcurrentHashMap<>(2);

  private record LastKey(ContentKeyId id, ContentKey key) {}

  /// @param accountClosing whether the account is closed and the key store does not show it yet
  PersonEntry(
      KeyStore.Person person,
      @Nullable Fence fence,
      boolean accountClosing,
      SecretBytes history,
      @Nullable SecretBytes account,
      LiveHandles handles) {
    this.accountClosing = accountClosing;
    this.id = person.id();
    this.ref = person.ref();
    this.fence = fence;
    this.accountClosedAtMillis = accountClosing ? Long.MAX_VALUE : person.accountClosedAtMillis();
    this.history = history;
    this.account = account;
    this.historyHandle = handles.of(id, false, ref);
    this.accountHandle = account == null ? null : handles.of(id, true, ref);
  }

  /// @return whether it says what the key store says, and may be kept
  boolean settled() {
    return !accountClosing;
  }

  /// Every pseudonym of this person that is recorded is known here, unless another node records
  /// one.
  void setKnownWhole() {
    knownWhole = true;
  }

  boolean knownWhole() {
    return knownWhole;
  }

  /// @return the content key that was used last, if it is this one and not wiped; retained
  @Nullable ContentKey lastKey(ContentKeyId id) {
    LastKey last = lastKey;
    return last != null && last.id().equals(id) && last.key().retain() ? last.key() : null;
  }

  /// Without holding it: whoever wipes it need not know of this.
  void rememberLast(ContentKeyId id, ContentKey key) {
    lastKey = new LastKey(id, key);
  }

  UUID id() {
    return id;
  }

  PersonRef ref() {
    return ref;
  }

  boolean alive() {
    return historyHandle.alive() && (accountHandle == null || accountHandle.alive());
  }

  /// @return whether an event of this time is one of those that stay refused after an erasure or a
  ///   closing
  boolean refuses(long eventMillis, KeyKind kind) {
    return (fence != null && fence.refuses(eventMillis))
        || (kind == KeyKind.ACCOUNT && eventMillis < accountClosedAtMillis);
  }

  @Nullable SecretBytes key(KeyKind kind) {
    return kind == KeyKind.ACCOUNT ? account : history;
  }

  @Nullable Handle handle(KeyKind kind) {
    return kind == KeyKind.ACCOUNT ? accountHandle : historyHandle;
  }

  /// @return the pseudonym where it is known to be durable in the key store
  @Nullable Pseudonym recorded(KeyKind kind, int month) {
    return pseudonyms(kind).get(month);
  }

  void remember(KeyKind kind, int month, Pseudonym pseudonym) {
    pseudonyms(kind).put(month, pseudonym);
  }

  private Map<Integer, Pseudonym> pseudonyms(KeyKind kind) {
    return kind == KeyKind.ACCOUNT ? accountPseudonyms : historyPseudonyms;
  }

  @Override
  void wipe() {
    history.close();
    if (account != null) {
      account.close();
    }
  }
}
