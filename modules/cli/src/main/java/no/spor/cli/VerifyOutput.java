package no.spor.cli;

import java.io.PrintWriter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.TreeMap;
import no.spor.ledger.verify.Report;

/// What `verify` says: the verdict and what was found to standard output, notices to standard
/// error.
final class VerifyOutput {
  private final PrintWriter out;
  private final PrintWriter err;

  VerifyOutput(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  void say(String line) {
    out.println(line);
    out.flush();
  }

  void notice(String line) {
    err.println("spor: " + line);
    err.flush();
  }

  /// @return the exit code
  int print(Report report) {
    report.findings().forEach(finding -> say(finding.toString()));
    if (report.found() > report.findings().size()) {
      new TreeMap<>(report.counts())
          .forEach((kind, count) -> say("in all " + kind.label() + ": " + count));
    }
    new TreeMap<>(report.unchecked())
        .forEach((what, count) -> say("not checked: " + count + " " + what));
    if (report.sound()) {
      say(
          String.format(
              Locale.ROOT,
              "sound: %d records%s, root %s",
              report.records(),
              report.blocks() > 0 ? " in " + report.blocks() + " blocks" : "",
              HexFormat.of().formatHex(report.root())));
      return 0;
    }
    say("not sound: " + report.found() + " findings");
    return 1;
  }
}
