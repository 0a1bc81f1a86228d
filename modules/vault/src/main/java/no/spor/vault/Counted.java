package no.spor.vault;

import java.util.concurrent.atomic.AtomicInteger;

/// Something with keys that is wiped when nobody uses it any more: neither the cache nor a call
/// that is under way. So a key is never wiped under the hands of who seals with it.
abstract class Counted {
  private final AtomicInteger users = new AtomicInteger(1);

  /// Whether a cache has given it out since it last looked. Guarded by the cache's lock.
  boolean recent;

  /// @return false where it was wiped already
  final boolean retain() {
    int now = users.get();
    while (now > 0) {
      if (users.compareAndSet(now, now + 1)) {
        return true;
      }
      now = users.get();
    }
    return false;
  }

  final void release() {
    if (users.decrementAndGet() == 0) {
      wipe();
    }
  }

  abstract void wipe();
}
