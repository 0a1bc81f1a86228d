package no.spor.vault;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import no.spor.vault.KeyStore.PersonRef;

/// Every handle that anybody still holds, one a person: also of people whose keys have left the
/// caches while records sealed with them wait to be appended. Thread-safe.
///
/// Who reads a person from the store takes [#forgotten] before, and again after [#of]: where it has
/// moved, an erasure may have passed between the two, and the person must be read again.
final class LiveHandles {
  private record Key(UUID person, boolean account) {}

  private static final class Entry extends WeakReference<Handle> {
    final Key key;

    Entry(Key key, Handle handle, ReferenceQueue<Handle> queue) {
      super(handle, queue);
      this.key = key;
    }
  }

  private final ConcurrentHashMap<Key, Entry> handles = new ConcurrentHashMap<>();
  private final ReferenceQueue<Handle> unreachable = new ReferenceQueue<>();
  private final AtomicLong forgotten = new AtomicLong();

  long forgotten() {
    return forgotten.get();
  }

  Handle of(UUID person, boolean account, PersonRef ref) {
    expunge();
    Key key = new Key(person, account);
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

  void kill(UUID person) {
    forgotten.incrementAndGet();
    kill(new Key(person, false));
    kill(new Key(person, true));
  }

  void killAccount(UUID person) {
    forgotten.incrementAndGet();
    kill(new Key(person, true));
  }

  void kill(Predicate<Handle> condition) {
    forgotten.incrementAndGet();
    for (Entry entry : handles.values()) {
      Handle handle = entry.get();
      if (handle != null && condition.test(handle)) {
        kill(entry.key);
      }
    }
  }

  /// Also removed, so that who is read again and still stands gets a new one.
  private void kill(Key key) {
    Entry entry = handles.remove(key);
    Handle handle = entry == null ? null : entry.get();
    if (handle != null) {
      handle.die();
    }
  }

  private void expunge() {
    for (Reference<? extends Handle> gone = unreachable.poll();
        gone != null;
        gone = unreachable.poll()) {
      Entry entry = (Entry) gone;
      handles.remove(entry.key, entry);
    }
  }
}
