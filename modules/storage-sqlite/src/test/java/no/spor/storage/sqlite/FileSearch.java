package no.spor.storage.sqlite;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// Looks for bytes in the files of a directory again and again, from one other process: see
/// [RawFiles] for why.
final class FileSearch implements AutoCloseable {
  private final Process child;
  private final BufferedWriter questions;
  private final BufferedReader answers;

  FileSearch(Path directory) {
    try {
      child = ChildJvm.start(Search.class, directory.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    questions = child.outputWriter(StandardCharsets.US_ASCII);
    answers = child.inputReader(StandardCharsets.US_ASCII);
  }

  boolean hold(byte[] bytes) {
    try {
      questions.write(HexFormat.of().formatHex(bytes));
      questions.newLine();
      questions.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IllegalStateException("the search has ended");
      }
      return Boolean.parseBoolean(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    child.destroy();
  }

  /// For each line of hexadecimal digits prints whether any file holds those bytes.
  static final class Search {
    public static void main(String[] args) throws IOException {
      var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        var pattern = new String(HexFormat.of().parseHex(line), StandardCharsets.ISO_8859_1);
        boolean found = false;
        try (var files = Files.list(Path.of(args[0]))) {
          for (var file : files.filter(Files::isRegularFile).toList()) {
            found |=
                new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(pattern);
          }
        }
        System.out.println(found);
      }
    }
  }
}
