package no.spor.vault;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import no.spor.vault.KeyStore.PersonRef;
import org.jspecify.annotations.Nullable;

/// Every handle that anybody still holds, one a person: also of people whose keys have left the
/// caches while records sealed with them wait to be appended. Thread-safe.
///
/// Who reads a person from the store takes [#forgotten] before, and again after [#of]: where it has
/// moved, an erasure may have passed between the two, and the person must be read again.
final class LiveHandles {
  private record Key(UUID person, boolean account) {}

  private static final class Entry extends WeakReference<Handle> {
    final Key key;
    final PersonRef ref;

    Entry(Key key, Handle handle, ReferenceQueue<Handle> queue) {
      super(handle, queue);
      this.key = key;
      this.ref = handle.ref();
    }
  }

  private final ConcurrentHashMap<Key, Entry> handles = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<PersonRef, Set<Key>> keysOf = new ConcurrentHashMap<>();
  private final ReferenceQueue<Handle> unreachable = new ReferenceQueue<>();
  private final AtomicLong forgotten = new AtomicLong();

  long forgotten() {
    return forgotten.get();
  }

  Handle of(UUID person, boolean account, PersonRef ref) {
    expunge();
    Key key = new Key(person, account);
    keysOf.compute(ref, (r, known) -> with(known, key));
    Handle fresh = new Handle(person, ref);
    while (true) {
      Entry entry = handles.computeIfAbsent(key, k -> new Entry(k, fresh, unreachable));
      Handle handle = entry.get();
      if (handle != null) {
        return handle;
      }
      handles.remove(key, entry);
    }
  }

  private static Set<Key> with(@Nullable Set<Key> known, Key key) {
    if (known == null || known.isEmpty()) {
      return Set.of(key);
    }
    Set<Key> more = new HashSet<>(known);
    more.add(key);
    return Set.copyOf(more);
  }

  /// @return whom it was
  @Nullable PersonRef kill(UUID person) {
    forgotten.incrementAndGet();
    PersonRef history = kill(new Key(person, false));
    PersonRef account = kill(new Key(person, true));
    return history != null ? history : account;
  }

  @Nullable PersonRef killAccount(UUID person) {
    forgotten.incrementAndGet();
    return kill(new Key(person, true));
  }

  void killAll() {
    forgotten.incrementAndGet();
    handles.keySet().forEach(this::kill);
  }

  /// @param spared whose handles live on
  /// @return the internal ids of the others who stood under the lookup
  Set<UUID> kill(PersonRef ref, @Nullable UUID spared) {
    forgotten.incrementAndGet();
    Set<UUID> killed = new HashSet<>();
    for (Key key : keysOf.getOrDefault(ref, Set.of())) {
      if (!key.person().equals(spared)) {
        kill(key);
        killed.add(key.person());
      }
    }
    return killed;
  }

  /// Also removed, so that who is read again and still stands gets a new one.
  private @Nullable PersonRef kill(Key key) {
    Entry entry = handles.remove(key);
    if (entry == null) {
      return null;
    }
    Handle handle = entry.get();
    if (handle != null) {
      handle.die();
    }
    return entry.ref;
  }

  private void expunge() {
    for (Reference<? extends Handle> gone = unreachable.poll();
        gone != null;
        gone = unreachable.poll()) {
      Entry entry = (Entry) gone;
      handles.remove(entry.key, entry);
      keysOf.computeIfPresent(entry.ref, (ref, known) -> without(known, entry.key));
    }
  }

  /// Leaves alone what was registered anew meanwhile.
  private @Nullable Set<Key> without(Set<Key> known, Key key) {
    if (handles.containsKey(key)) {
      return known;
    }
    Set<Key> fewer = new HashSet<>(known);
    fewer.remove(key);
    return fewer.isEmpty() ? null : Set.copyOf(fewer);
  }
}
