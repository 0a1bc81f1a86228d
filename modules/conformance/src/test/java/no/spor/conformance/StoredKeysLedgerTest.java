package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import no.spor.ledger.Draft;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.Outcome;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ledger with its keys on disk: the suite, and what only shows from one run to the next.
class StoredKeysLedgerTest extends LedgerSuite {
  private static final int IN_MEMORY = 300;
  private static final int RECORDS = 3000;

  @TempDir Path directory;

  private final ShrinkingStore lasting = new ShrinkingStore();

  /// A store whose end can be cut off, as a restored backup's is.
  private static final class ShrinkingStore extends InMemoryLedgerStore {
    ShrinkingStore() {
      super(new UUID(7, 8));
    }

    synchronized void loseNewest() {
      standing().removeLast();
    }
  }

  @Override
  protected LedgerStore createStore(UUID ledger) {
    return new InMemoryLedgerStore(ledger);
  }

  @Override
  protected RecordedKeys createKeys(String run) {
    return keys(run);
  }

  private RecordedKeys keys(String name) {
    return RecordedKeys.open(directory.resolve(name), new SecureRandom(), IN_MEMORY);
  }

  private Ledger openLasting(String keys) {
    return Ledger.open(
        lasting,
        SampleDrafts.IDENTITY,
        keys(keys),
        LedgerOptions.of(InstantSource.system(), new SecureRandom()));
  }

  private static List<Draft> numbered(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(i -> SampleDrafts.keyed("stream " + i % 3, new RecordKey(i + 1, i)))
        .toList();
  }

  private static void checkAllDuplicate(Ledger ledger, long to) {
    var outcomes = ledger.append(numbered(0, to)).join();
    for (int i = 0; i < to; i++) {
      assertThat(outcomes.get(i)).isEqualTo(new Outcome.Duplicate(i));
    }
  }

  @Test
  void keysLastFromRunToRunAlsoAfterAKill() throws IOException {
    try (var ledger = openLasting("a")) {
      ledger.append(numbered(0, RECORDS)).join();
      // What a kill leaves: the files as they are, the keys in memory gone.
      copy("a", "killed");
    }
    for (var keys : List.of("a", "killed", "none")) {
      try (var ledger = openLasting(keys)) {
        checkAllDuplicate(ledger, RECORDS);
        var next = numbered(ledger.size(), ledger.size() + 1);
        long position = ledger.size();
        assertThat(ledger.append(next).join())
            .containsExactly(new Outcome.Appended(position, position / 3));
      }
    }
    LedgerChecker.check(lasting, SampleDrafts.IDENTITY);
  }

  @Test
  void keysOfALedgerThatWasPutBackAreNotBelieved() {
    try (var ledger = openLasting("a")) {
      ledger.append(numbered(0, RECORDS)).join();
    }
    lasting.loseNewest();
    long left = lasting.newest().orElseThrow().endPosition();
    try (var ledger = openLasting("a")) {
      checkAllDuplicate(ledger, left);
      assertThat(ledger.append(numbered(left, left + 1)).join())
          .containsExactly(new Outcome.Appended(left, left / 3));
    }
    LedgerChecker.check(lasting, SampleDrafts.IDENTITY);
  }

  private void copy(String from, String to) throws IOException {
    Files.createDirectories(directory.resolve(to));
    try (var files = Files.list(directory.resolve(from))) {
      for (var file : files.filter(one -> !one.toString().endsWith(".new")).toList()) {
        try {
          Files.copy(file, directory.resolve(to).resolve(file.getFileName()));
        } catch (NoSuchFileException e) {
          // Merged away meanwhile; then the manifest that was copied may name it, or not.
        }
      }
    }
  }
}
