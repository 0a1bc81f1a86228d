package no.spor.cli;

import java.io.PrintWriter;
import java.util.HexFormat;
import java.util.TreeMap;
import no.spor.ledger.verify.Report;
import org.jspecify.annotations.Nullable;

/// What `verify` says: the verdict and what was found to standard output, notices to standard
/// error.
final class VerifyOutput {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Words words;

  VerifyOutput(PrintWriter out, PrintWriter err, Words words) {
    this.out = out;
    this.err = err;
    this.words = words;
  }

  Words words() {
    return words;
  }

  void say(String key, @Nullable Object... values) {
    line(words.say(key, values));
  }

  private void line(String line) {
    out.println(line);
    out.flush();
  }

  void notice(String key, @Nullable Object... values) {
    err.println("spor: " + words.say(key, values));
    err.flush();
  }

  /// A finding's line is the same in every language; what its kind means is said in the reader's.
  ///
  /// @return the exit code
  int print(Report report) {
    report.findings().forEach(finding -> line(finding.toString()));
    if (!words.english()) {
      report.findings().stream()
          .map(finding -> finding.kind().label())
          .distinct()
          .forEach(kind -> say("verify.means", kind, words.say("kind." + kind)));
    }
    if (report.found() > report.findings().size()) {
      new TreeMap<>(report.counts())
          .forEach((kind, count) -> say("verify.in-all", kind.label(), count));
    }
    new TreeMap<>(report.unchecked())
        .forEach((what, count) -> say("verify.not-checked", count, what));
    if (report.sound()) {
      String root = HexFormat.of().formatHex(report.root());
      if (report.blocks() > 0) {
        say("verify.sound-blocks", report.records(), report.blocks(), root);
      } else {
        say("verify.sound", report.records(), root);
      }
      return 0;
    }
    say("verify.unsound", report.found());
    return 1;
  }
}
