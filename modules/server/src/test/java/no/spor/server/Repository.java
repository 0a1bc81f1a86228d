package no.spor.server;

import java.nio.file.Files;
import java.nio.file.Path;

/// The checkout that the tests run in.
final class Repository {
  private Repository() {}

  static Path file(String path) {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(folder.resolve("ops/spor"))) {
      folder = folder.getParent();
    }
    return folder.resolve(path);
  }
}
