package no.spor.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.LongPredicate;

/// Fingerprints and positions in memory: an open-addressing table. Equal fingerprints may stand
/// several times. Written by one thread, read by any: a reader may miss what is being added.
final class KeyTable {
  private static final int FIRST_SLOTS = 1024;

  private static final VarHandle POSITION = MethodHandles.arrayElementVarHandle(long[].class);

  private volatile Slots slots = Slots.empty(FIRST_SLOTS);
  private int count;

  /// A slot is written once: its fingerprint, then its position, which says that it is taken.
  ///
  /// @param positions one more than the position; 0 is an empty slot
  private record Slots(long[] fingerprints, long[] positions) {
    static Slots empty(int count) {
      return new Slots(new long[count], new long[count]);
    }

    void put(long fingerprint, long stored) {
      int slot = slot(fingerprint);
      while (positions[slot] != 0) {
        slot = next(slot);
      }
      fingerprints[slot] = fingerprint;
      POSITION.setRelease(positions, slot, stored);
    }

    long stored(int slot) {
      return (long) POSITION.getAcquire(positions, slot);
    }

    int slot(long fingerprint) {
      return (int) (fingerprint >>> 12) & fingerprints.length - 1;
    }

    int next(int slot) {
      return slot + 1 & fingerprints.length - 1;
    }
  }

  int count() {
    return count;
  }

  void add(long fingerprint, long position) {
    if (count >= slots.fingerprints.length / 4 * 3) {
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
      if (seen.fingerprints[slot] == fingerprint && isIt.test(stored - 1)) {
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
    for (int slot = 0; slot < all.positions.length; slot++) {
      if (all.positions[slot] != 0) {
        sorted[at++] = all.fingerprints[slot];
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
    var grown = Slots.empty(old.positions.length * 2);
    for (int slot = 0; slot < old.positions.length; slot++) {
      if (old.positions[slot] != 0) {
        grown.put(old.fingerprints[slot], old.positions[slot]);
      }
    }
    slots = grown;
  }
}
