package no.spor.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How far a check has come, in a file, so that one that was interrupted goes on. Written anew
/// every few seconds, as a whole; deleted when the check is done.
final class VerifyProgress {
  private static final long SAVE_NANOS = 5_000_000_000L;

  private final VerifyOutput out;
  private final @Nullable Path file;
  private long saved = System.nanoTime();

  /// @param file null to keep nothing
  VerifyProgress(VerifyOutput out, @Nullable Path file) {
    this.out = out;
    this.file = file;
  }

  /// @return what an interrupted check has left
  Optional<byte[]> earlier() {
    if (file == null || !Files.exists(file)) {
      return Optional.empty();
    }
    out.notice("verify.resumed", file);
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void at(Supplier<byte[]> state) {
    long now = System.nanoTime();
    if (file == null || now - saved < SAVE_NANOS) {
      return;
    }
    saved = now;
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(next, state.get());
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void done() {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
