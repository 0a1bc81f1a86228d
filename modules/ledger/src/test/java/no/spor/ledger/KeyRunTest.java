package no.spor.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRunTest {
  private static final long MASK = (1L << KeyRun.FINGERPRINT_BITS) - 1;

  @TempDir Path directory;

  @Test
  void allRecordsOfOneFingerprintAreCandidates() throws IOException {
    // Stopping at the first would let a true duplicate pass for new.
    var table = new KeyTable();
    for (long position : new long[] {7, 1L << 39, 9}) {
      table.add(42, position);
    }
    table.add(43, 1);
    var run = KeyRunWriter.write(directory.resolve("a"), table);
    for (long position : new long[] {7, 1L << 39, 9}) {
      assertThat(table.find(42, at -> at == position)).isEqualTo(position);
      assertThat(run.find(42, at -> at == position)).isEqualTo(position);
    }
    assertThat(run.find(42, at -> false)).isEqualTo(-1);
    assertThat(run.find(41, at -> true)).isEqualTo(-1);
  }

  @Test
  void everyKeyIsFoundAlsoAfterMerging() throws IOException {
    long seed = 20261122;
    var random = new Random(seed);
    var all = new ArrayList<long[]>();
    var runs = new ArrayList<KeyRun>();
    for (int r = 0; r < 5; r++) {
      var table = new KeyTable();
      int count = r == 2 ? 0 : 1 << 2 * r + 6;
      for (int i = 0; i < count; i++) {
        // Few first bits in every other run: skewed, with many to a filter line.
        long fingerprint = random.nextLong() & (r % 2 == 0 ? MASK : 0x0003_ffff_ffffL);
        var entry = new long[] {fingerprint, all.size()};
        table.add(entry[0], entry[1]);
        all.add(entry);
      }
      runs.add(KeyRunWriter.write(directory.resolve("run " + r), table));
    }
    var merged = KeyRunWriter.merge(directory.resolve("merged"), runs, () -> false);
    assertThat(merged.count()).isEqualTo(all.size());
    for (var entry : all) {
      assertThat(merged.find(entry[0], at -> at == entry[1]))
          .as("seed %d, fingerprint %x", seed, entry[0])
          .isEqualTo(entry[1]);
    }
    assertThat(falseAlarms(merged, all, random)).as("seed %d", seed).isLessThan(300);
  }

  /// @return how many of 10,000 absent fingerprints get past the filter and to the directory's
  ///   range
  private static int falseAlarms(KeyRun run, List<long[]> all, Random random) {
    Set<Long> present = new HashSet<>();
    all.forEach(entry -> present.add(entry[0]));
    int found = 0;
    for (int i = 0; i < 10_000; i++) {
      long fingerprint = random.nextLong() & MASK;
      if (!present.contains(fingerprint)) {
        assertThat(run.find(fingerprint, at -> true)).isEqualTo(-1);
        found += run.mayHold(fingerprint) ? 1 : 0;
      }
    }
    return found;
  }

  @Test
  void aTruncatedRunIsRefused() throws IOException {
    var table = new KeyTable();
    table.add(1, 1);
    var file = directory.resolve("a");
    KeyRunWriter.write(file, table);
    var bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 10, 64, bytes.length - 1}) {
      var cut = directory.resolve("cut " + length);
      Files.write(cut, java.util.Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> KeyRun.open(cut)).isInstanceOf(IOException.class);
    }
  }
}
