package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import no.spor.conformance.SampleBlocks;
import no.spor.ledger.Block;
import no.spor.ledger.PartAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was dropped is in no file: not in the pages, not between them, not in the log. Pages move
/// their rows when others shrink, so the shapes and the order are random.
class LedgerForgetsTest {
  /// What lies in the files does not depend on when they are synced.
  private static final SqliteSettings HASTY = SqliteSettings.mustNeverLose().withFullSync(false);

  @TempDir Path temp;

  /// A part of a block, and the bytes to look for.
  private record Marked(long block, PartAddress address, byte[] part) {}

  @Test
  void droppedBytesAreInNoFileOnceReclaimed() throws Exception {
    forgets(300, 40);
  }

  /// Many rows share a page, so a row's page is put in order again when another shrinks.
  @Test
  void droppedBytesOfSmallBlocksAreInNoFileOnceReclaimed() throws Exception {
    forgets(1_500, 2);
  }

  private void forgets(int blocks, int mostRecords) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed of LedgerForgetsTest: " + seed);
    var random = new Random(seed);
    try (var directory = DataDirectory.open(temp.resolve("data"));
        var store = SqliteLedgerStore.open(directory, UUID.randomUUID(), HASTY)) {
      var kept = new ArrayList<Marked>();
      var dropped = new ArrayList<Marked>();
      var samples = new SampleBlocks(store.ledger(), seed, null);
      for (int i = 0; i < blocks; i++) {
        store.append(List.of(block(samples, random, i, mostRecords, kept)));
        if (random.nextInt(10) == 0) {
          drop(store, some(random, kept), dropped);
        }
        if (i % (blocks / 3) == blocks / 3 - 1) {
          assertThat(found(directory, dropped)).as("before, or the search is blind").isNotEmpty();
          store.reclaim();
          assertThat(found(directory, dropped)).as("dropped and reclaimed").isEmpty();
          assertThat(found(directory, kept)).as("kept").hasSameSizeAs(kept);
        }
      }
      drop(store, List.copyOf(kept), dropped);
      store.reclaim();
      assertThat(found(directory, dropped)).isEmpty();
    }
  }

  private static void drop(SqliteLedgerStore store, List<Marked> parts, List<Marked> dropped) {
    for (var part : parts) {
      assertThat(store.drop(part.block(), List.of(part.address()))).isEqualTo(1);
    }
    dropped.addAll(parts);
  }

  private static Block block(
      SampleBlocks samples, Random random, int n, int mostRecords, List<Marked> marked) {
    int records = random.nextInt(4) == 0 ? 1 + random.nextInt(mostRecords) : 1;
    for (int r = 0; r < records; r++) {
      samples.record(40 + random.nextInt(100));
      for (int p = 0, parts = random.nextInt(4); p < parts; p++) {
        var part = samples.bytes(48 + random.nextInt(400));
        marked.add(new Marked(n, new PartAddress(r, p), part));
        samples.part("label/" + random.nextInt(3), p, part);
      }
    }
    return samples.build();
  }

  /// Takes some of them, in any order.
  private static List<Marked> some(Random random, List<Marked> marked) {
    Collections.shuffle(marked, random);
    var taken = marked.subList(0, random.nextInt(1 + marked.size() / 8));
    var some = List.copyOf(taken);
    taken.clear();
    return some;
  }

  /// Looks for every 16 bytes of each, for a page may end within a part.
  private static Set<Marked> found(DataDirectory directory, List<Marked> wanted) throws Exception {
    var patterns = new ArrayList<byte[]>();
    var owners = new ArrayList<Marked>();
    for (var m : wanted) {
      for (int at = 0; at + 16 <= m.part().length; at += 16) {
        patterns.add(Arrays.copyOfRange(m.part(), at, at + 16));
        owners.add(m);
      }
    }
    var found = new HashSet<Marked>();
    for (int i : RawFiles.find(directory.path(), patterns)) {
      found.add(owners.get(i));
    }
    return found;
  }
}
