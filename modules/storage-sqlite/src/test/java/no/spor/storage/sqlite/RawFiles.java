package no.spor.storage.sqlite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// Looks for bytes in the files of a directory as they lie on the disk.
final class RawFiles {
  private RawFiles() {}

  /// Reads in another process, because closing a file here would drop the locks that SQLite holds
  /// on it.
  static boolean hold(Path directory, byte[] pattern) throws IOException, InterruptedException {
    var child =
        ChildJvm.start(Search.class, directory.toString(), HexFormat.of().formatHex(pattern));
    var output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (child.waitFor() != 0) {
      throw new IllegalStateException("the search failed");
    }
    return !output.isEmpty();
  }

  /// Prints the names of the files that hold the bytes.
  static final class Search {
    public static void main(String[] args) throws IOException {
      var pattern = new String(HexFormat.of().parseHex(args[1]), StandardCharsets.ISO_8859_1);
      try (var files = Files.list(Path.of(args[0]))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(pattern)) {
            System.out.println(file.getFileName());
          }
        }
      }
    }
  }
}
