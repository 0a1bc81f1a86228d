package no.spor.storage.sqlite;

import java.util.Arrays;

/// Places, as two arrays of numbers. Not thread-safe.
final class PostingList {
  long[] times = new long[2];
  long[] positions = new long[2];
  int size;

  void add(long time, long position) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      positions = Arrays.copyOf(positions, 2 * size);
    }
    times[size] = time;
    positions[size] = position;
    size++;
  }

  /// The newest first. What comes in is nearly in the order of time, one way or the other.
  void sort() {
    if (isAscending()) {
      reverse(times, size);
      reverse(positions, size);
    } else if (!isDescending()) {
      sortAll();
    }
  }

  private boolean isAscending() {
    for (int i = 1; i < size; i++) {
      if (!precedes(i - 1, i)) {
        return false;
      }
    }
    return true;
  }

  private boolean isDescending() {
    for (int i = 1; i < size; i++) {
      if (!precedes(i, i - 1)) {
        return false;
      }
    }
    return true;
  }

  private boolean precedes(int one, int other) {
    return times[one] != times[other]
        ? times[one] < times[other]
        : positions[one] < positions[other];
  }

  private void sortAll() {
    var order = new PlaceStream.Spot[size];
    for (int i = 0; i < size; i++) {
      order[i] = new PlaceStream.Spot(times[i], positions[i]);
    }
    Arrays.sort(order);
    for (int i = 0; i < size; i++) {
      times[i] = order[size - 1 - i].time();
      positions[i] = order[size - 1 - i].position();
    }
  }

  private static void reverse(long[] values, int size) {
    for (int i = 0, j = size - 1; i < j; i++, j--) {
      long value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
  }
}
