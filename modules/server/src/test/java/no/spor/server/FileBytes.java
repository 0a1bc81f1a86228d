package no.spor.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Looks for bytes in files.
final class FileBytes {
  private FileBytes() {}

  static boolean holds(Path file, byte[] bytes) throws IOException {
    String all = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    return all.contains(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /// @return names of the folder's files that hold any of these
  static List<String> found(Path folder, List<byte[]> wanted) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (byte[] bytes : wanted) {
          if (holds(file, bytes)) {
            found.add(file.getFileName().toString());
            break;
          }
        }
      }
    }
    return found;
  }
}
