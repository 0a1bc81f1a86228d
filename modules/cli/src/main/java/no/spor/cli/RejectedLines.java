package no.spor.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Writes rejected lines with the reason to `FILE.rejected`, mode 0600: they hold what the file
/// held. One JSON object a line: `line`, `type`, `detail`, `event` (the line as it stood). Not
/// thread-safe.
final class RejectedLines implements AutoCloseable {
  private final Path wanted;
  private final PrintWriter err;
  private final Words words;
  private @Nullable BufferedWriter out;

  RejectedLines(Path imported, PrintWriter err, Words words) {
    this.wanted =
        ImportSource.standardInput(imported)
            ? Path.of("import.rejected")
            : imported.resolveSibling(imported.getFileName() + ".rejected");
    this.err = err;
    this.words = words;
  }

  void beginAnew() throws IOException {
    if (Files.isRegularFile(wanted) && Files.isWritable(wanted)) {
      Files.delete(wanted);
    }
  }

  void add(long line, byte[] event, ImportTarget.Answer.Rejected rejected) throws IOException {
    BufferedWriter writer = out;
    if (writer == null) {
      writer = open();
      out = writer;
    }
    writer.write(
        JsonMapper.shared()
            .createObjectNode()
            .put("line", line)
            .put("type", "/problems/" + rejected.slug())
            .put("detail", rejected.detail())
            .put("event", new String(event, StandardCharsets.UTF_8))
            .toString());
    writer.write('\n');
  }

  private BufferedWriter open() throws IOException {
    Path file = wanted;
    if (!Files.isWritable(wanted.toAbsolutePath().getParent())) {
      file = Path.of(String.valueOf(wanted.getFileName()));
    }
    if (!Files.exists(file)) {
      boolean posix =
          Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
      if (posix) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
    }
    err.println(words.say("import.rejected-to", file));
    err.flush();
    return Files.newBufferedWriter(
        file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  void flush() throws IOException {
    if (out != null) {
      out.flush();
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
