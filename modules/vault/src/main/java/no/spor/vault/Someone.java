package no.spor.vault;

import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.PersonRef;
import org.jspecify.annotations.Nullable;

/// A person in a call, with what has been found so far. Used by one thread.
final class Someone {
  final PersonRef ref;

  /// The keys; retained.
  @Nullable PersonEntry entry;

  /// The fence of who does not stand.
  @Nullable Fence fence;

  Someone(PersonRef ref) {
    this.ref = ref;
  }

  boolean refuses(long eventMillis, KeyKind kind) {
    return entry != null
        ? entry.refuses(eventMillis, kind)
        : fence != null && fence.refuses(eventMillis);
  }

  /// Lets go of the keys, which are to be read again.
  void release() {
    if (entry != null) {
      entry.release();
      entry = null;
    }
  }
}
