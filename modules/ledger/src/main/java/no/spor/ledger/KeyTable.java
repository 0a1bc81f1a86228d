package no.spor.ledger;

import java.util.Arrays;
import java.util.function.LongPredicate;

/// Fingerprints and positions in memory: an open-addressing table. Equal fingerprints may stand
/// several times. Written by one thread; may be read by others once it is written no more.
final class KeyTable {
  private static final int FIRST_SLOTS = 1024;

  private long[] fingerprints = new long[FIRST_SLOTS];

  // One more than the position; 0 is an empty slot.
  private long[] positions = new long[FIRST_SLOTS];
  private int count;

  int count() {
    return count;
  }

  void add(long fingerprint, long position) {
    if (count >= fingerprints.length / 4 * 3) {
      grow();
    }
    put(fingerprint, position + 1);
    count++;
  }

  /// @return the first position under this fingerprint that `isIt` accepts, or −1
  long find(long fingerprint, LongPredicate isIt) {
    for (int slot = slot(fingerprint); positions[slot] != 0; slot = next(slot)) {
      if (fingerprints[slot] == fingerprint && isIt.test(positions[slot] - 1)) {
        return positions[slot] - 1;
      }
    }
    return -1;
  }

  /// Is given all entries, fingerprints ascending.
  void forEachSorted(KeyRunWriter.Sink sink) {
    var sorted = new long[count];
    int at = 0;
    for (int slot = 0; slot < positions.length; slot++) {
      if (positions[slot] != 0) {
        sorted[at++] = fingerprints[slot];
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
    var oldFingerprints = fingerprints;
    var oldPositions = positions;
    fingerprints = new long[oldFingerprints.length * 2];
    positions = new long[oldPositions.length * 2];
    for (int slot = 0; slot < oldPositions.length; slot++) {
      if (oldPositions[slot] != 0) {
        put(oldFingerprints[slot], oldPositions[slot]);
      }
    }
  }

  private void put(long fingerprint, long stored) {
    int slot = slot(fingerprint);
    while (positions[slot] != 0) {
      slot = next(slot);
    }
    fingerprints[slot] = fingerprint;
    positions[slot] = stored;
  }

  private int slot(long fingerprint) {
    return (int) (fingerprint >>> 12) & fingerprints.length - 1;
  }

  private int next(int slot) {
    return slot + 1 & fingerprints.length - 1;
  }
}
