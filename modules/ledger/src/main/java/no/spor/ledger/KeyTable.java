package no.spor.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.LongPredicate;

/// Fingerprints and positions in memory: an open-addressing table. Equal fingerprints may stand
/// several times. Written by one thread, read by any: a reader may miss what is being added.
final class KeyTable {
  private static final int FIRST_SLOTS = 1024;

  private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(long[].class);

  private volatile Slots slots = new Slots(FIRST_SLOTS);
  private int count;

  /// Slots of two numbers side by side, since most are looked into once and are in nobody's
  /// processor cache: the fingerprint, and one more than the position, which says that the slot is
  /// taken and is written last. What has the higher fingerprint comes later, roughly: so writing
  /// all in order goes over the memory in order.
  private static final class Slots {
    private final long[] entries;
    private final int count;
    private final int shift;

    Slots(int count) {
      this.count = count;
      entries = new long[2 * count];
      shift = KeyRun.FINGERPRINT_BITS - Integer.numberOfTrailingZeros(count);
    }

    int count() {
      return count;
    }

    void put(long fingerprint, long stored) {
      int slot = slot(fingerprint);
      while (entries[2 * slot + 1] != 0) {
        slot = next(slot);
      }
      entries[2 * slot] = fingerprint;
      ENTRY.setRelease(entries, 2 * slot + 1, stored);
    }

    /// @return 0 where the slot is empty
    long stored(int slot) {
      return (long) ENTRY.getAcquire(entries, 2 * slot + 1);
    }

    long fingerprint(int slot) {
      return entries[2 * slot];
    }

    int slot(long fingerprint) {
      return (int) (fingerprint >>> shift) & count - 1;
    }

    int next(int slot) {
      return slot + 1 & count - 1;
    }
  }

  int count() {
    return count;
  }

  void add(long fingerprint, long position) {
    if (count >= slots.count() / 4 * 3) {
      grow();
    }
    slots.put(fingerprint, position + 1);
    count++;
  }

  /// @return the first position under this fingerprint that `isIt` accepts, or −1
  long find(long fingerprint, LongPredicate isIt) {
    var seen = slots;
    int slot = seen.slot(fingerprint);
    for (long stored; (stored = seen.stored(slot)) != 0; slot = seen.next(slot)) {
      if (seen.fingerprint(slot) == fingerprint && isIt.test(stored - 1)) {
        return stored - 1;
      }
    }
    return -1;
  }

  /// Is given all entries, fingerprints ascending.
  void forEachSorted(KeyRunWriter.Sink sink) {
    var sorted = new long[count];
    int at = 0;
    var all = slots;
    for (int slot = 0; slot < all.count(); slot++) {
      if (all.stored(slot) != 0) {
        sorted[at++] = all.fingerprint(slot);
      }
    }
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      long fingerprint = sorted[i];
      if (i > 0 && sorted[i - 1] == fingerprint) {
        continue;
      }
      find(
          fingerprint,
          position -> {
            sink.entry(fingerprint, position);
            return false;
          });
    }
  }

  private void grow() {
    var old = slots;
    var grown = new Slots(old.count() * 2);
    for (int slot = 0; slot < old.count(); slot++) {
      long stored = old.stored(slot);
      if (stored != 0) {
        grown.put(old.fingerprint(slot), stored);
      }
    }
    slots = grown;
  }
}
