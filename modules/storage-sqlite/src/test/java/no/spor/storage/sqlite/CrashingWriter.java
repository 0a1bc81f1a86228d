package no.spor.storage.sqlite;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import no.spor.ledger.Draft;
import no.spor.ledger.Ledger;
import no.spor.ledger.Outcome;

/// Appends for ever, and says so, until it is killed. Several threads, each sending its next batch
/// once it has written the acknowledgements of the last one to the pipe. A good part of what it
/// sends has been sent before, or is being sent by another thread.
///
/// Lines: `NUMBER POSITION;` for each acknowledged event.
final class CrashingWriter {
  private static final int THREADS = 3;
  private static final int LARGEST_BATCH = 60;

  private CrashingWriter() {}

  /// @param args directory, seed, number of the first event that is new
  public static void main(String[] args) {
    long seed = Long.parseLong(args[1]);
    var newest = new AtomicLong(Long.parseLong(args[2]));
    var out = new PrintStream(System.out, false);
    var directory = DataDirectory.open(Path.of(args[0]));
    var store = SqliteLedgerStore.open(directory, UUID.randomUUID());
    var ledger = CrashEvents.open(store, directory.path().resolve("ids"));
    for (int i = 0; i < THREADS; i++) {
      var random = new SplittableRandom(seed + i);
      Thread.ofPlatform().start(() -> append(ledger, random, newest, out));
    }
  }

  private static void append(
      Ledger ledger, SplittableRandom random, AtomicLong newest, PrintStream out) {
    while (true) {
      var drafts = new ArrayList<Draft>();
      for (int i = random.nextInt(1, LARGEST_BATCH); i > 0; i--) {
        // One in five was sent a little before, perhaps by another thread just now.
        long number =
            random.nextInt(5) == 0
                ? Math.max(0, newest.get() - random.nextLong(200))
                : newest.getAndIncrement();
        drafts.add(CrashEvents.draft(number));
      }
      var outcomes = ledger.append(drafts).join();
      var lines = new StringBuilder();
      for (int i = 0; i < outcomes.size(); i++) {
        long position =
            switch (outcomes.get(i)) {
              case Outcome.Appended(long at, long _) -> at;
              case Outcome.Duplicate(long at) -> at;
              default -> throw new IllegalStateException("refused");
            };
        lines
            .append(CrashEvents.number(drafts.get(i).body()))
            .append(' ')
            .append(position)
            .append(";\n");
      }
      say(out, lines);
    }
  }

  private static synchronized void say(PrintStream out, CharSequence lines) {
    out.print(lines);
    out.flush();
  }
}
