package no.spor.cli;

import java.io.PrintStream;
import java.util.Locale;

/// Shows on standard error how far long work has come: a bar on a terminal, a line every few
/// seconds elsewhere. Not thread-safe.
final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long TERMINAL_NANOS = 100_000_000L;
  private static final long PLAIN_NANOS = 5_000_000_000L;
  private final PrintStream out;
  private final boolean terminal;
  private final Words words;
  private final String what;
  private final long all;
  private final long begun = System.nanoTime();
  private long shown;
  private long done;
  private long events;

  private ProgressBar(PrintStream out, boolean terminal, Words words, String what, long all) {
    this.out = out;
    this.terminal = terminal;
    this.words = words;
    this.what = what;
    this.all = all;
  }

  /// @param all how much there is to do, in any unit; 0 where nobody knows
  ///
  /// @param what key of what is done
  static ProgressBar onTerminal(Words words, String what, long all) {
    boolean terminal =
        System.console() != null && System.console().isTerminal() && System.getenv("TERM") != null;
    return new ProgressBar(System.err, terminal, words, words.say(what), all);
  }

  /// @param doneNow of `all`
  /// @param eventsNow events so far
  void at(long doneNow, long eventsNow) {
    done = doneNow;
    events = eventsNow;
    long now = System.nanoTime();
    if (now - shown >= (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
      if (terminal || shown != 0 || now - begun >= PLAIN_NANOS) {
        show(now);
      }
      shown = shown == 0 && !terminal && now - begun < PLAIN_NANOS ? 0 : now;
    }
  }

  private void show(long now) {
    double seconds = Math.max(1e-3, (now - begun) / 1e9);
    StringBuilder line = new StringBuilder(what).append(' ');
    if (all > 0) {
      double share = Math.min(1.0, (double) done / all);
      if (terminal) {
        int full = (int) (share * WIDTH);
        line.append('[').append("█".repeat(full)).append("·".repeat(WIDTH - full)).append("] ");
      }
      line.append(String.format(Locale.ROOT, "%3.0f %%  ", share * 100));
    }
    line.append(words.say("bar.events", events, events / seconds));
    if (all > 0 && done > 0 && done < all) {
      line.append(words.say("bar.left", seconds * (all - done) / done));
    }
    if (terminal) {
      out.print("\r" + line + "\u001b[K");
      out.flush();
    } else {
      out.println(line);
    }
  }

  @Override
  public void close() {
    if (terminal && shown != 0) {
      show(System.nanoTime());
      out.println();
    }
  }
}
