package no.spor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/// Remembers beside the file how far its import into one ledger has come; gone when it is finished.
/// Holds counts and a hash, nothing of the file. Where the folder cannot be written nothing is
/// remembered: an import from the beginning records nothing twice.
final class ImportProgress {
  private final @Nullable Path file;
  private final String ledger;
  private boolean writable = true;
  private long written;

  ImportProgress(Path imported, String ledger) {
    this.file =
        ImportSource.standardInput(imported)
            ? null
            : imported.resolveSibling(imported.getFileName() + ".progress");
    this.ledger = ledger;
  }

  /// @param lines lines of the file that have their answer
  /// @param prefix SHA-256 of these lines
  record Mark(long lines, String prefix, long recorded, long duplicate, long rejected) {}

  @Nullable Path file() {
    return file;
  }

  @Nullable Mark read() {
    try {
      if (file == null || !Files.exists(file)) {
        return null;
      }
      String[] words = Files.readString(file).strip().split(" ");
      if (words.length != 6 || !words[0].equals(ledger)) {
        return null;
      }
      return new Mark(
          Long.parseLong(words[1]),
          words[2],
          Long.parseLong(words[3]),
          Long.parseLong(words[4]),
          Long.parseLong(words[5]));
    } catch (IOException | NumberFormatException unreadable) {
      return null;
    }
  }

  void write(Mark mark) {
    long now = System.nanoTime();
    if (file == null || !writable || (written != 0 && now - written < 200_000_000L)) {
      return;
    }
    written = now;
    try {
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(
          fresh,
          String.join(
                  " ",
                  ledger,
                  "" + mark.lines,
                  mark.prefix,
                  "" + mark.recorded,
                  "" + mark.duplicate,
                  "" + mark.rejected)
              + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException readOnly) {
      writable = false;
    }
  }

  void finished() throws IOException {
    if (file != null && writable) {
      Files.deleteIfExists(file);
    }
  }
}
