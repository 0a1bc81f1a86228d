package no.spor.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/// What the command said, run in this process.
record Said(int exitCode, String out, String err) {
  static Said by(String... arguments) {
    return in(Map.of(), arguments);
  }

  /// @param environment what chooses the language
  static Said in(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Spor.commandLine(environment)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = command.execute(arguments);
    return new Said(exitCode, out.toString(), err.toString());
  }

  /// @return the last line of standard output
  String lastLine() {
    return out.strip().lines().reduce("", (before, line) -> line);
  }
}
