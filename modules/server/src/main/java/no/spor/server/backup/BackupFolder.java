package no.spor.server.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import no.spor.storage.sqlite.SqliteSnapshot.Contents;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One of the two halves of a backup: a folder with a store's copy and, written last, what it is. A
/// folder without the latter is of a backup that did not end.
///
/// @param store `ledger` or `keys`
record BackupFolder(Path folder, String store) {
  private static final String MANIFEST = "backup.json";
  private static final int VERSION = 1;
  private static final int BUFFER = 1 << 20;

  /// What a copy is of.
  record Manifest(
      Instant madeAt, UUID ledger, long events, UUID keyStore, long generation, String sha256) {}

  Path file() {
    return folder.resolve(store + ".db");
  }

  boolean stands() {
    return Files.exists(folder.resolve(MANIFEST));
  }

  /// Writes what the copy is. The half is complete, durably, when this returns.
  void seal(Contents contents, Instant madeAt) throws IOException {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("version", VERSION)
        .put("store", store)
        .put("madeAt", madeAt.toString())
        .put("ledger", contents.ledger().toString())
        .put("blocks", contents.blocks())
        .put("events", contents.events())
        .put("newestBlock", HexFormat.of().formatHex(contents.newestHash()))
        .put("keyStore", contents.keyStore().toString())
        .put("generation", contents.generation())
        .put("followedBlock", contents.followed())
        .put("sha256", hash(file()));
    Path fresh = folder.resolve(MANIFEST + ".fresh");
    write(fresh, json.toPrettyString() + "\n");
    Files.move(fresh, folder.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
  }

  /// @return what the copy is, after a look at every byte of it
  /// @throws BackupException where it is not complete, of a newer version, or was changed
  Manifest check() throws IOException {
    if (!stands()) {
      throw new BackupException(
          folder + " holds no complete backup (there is no " + MANIFEST + "): name another");
    }
    Manifest manifest;
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve(MANIFEST)));
      if (json.path("version").asInt(0) != VERSION) {
        throw new BackupException(
            folder
                + " was written by another version of Spor (backup format "
                + json.path("version")
                + ", this one knows "
                + VERSION
                + "): restore it with that version, then upgrade");
      }
      manifest =
          new Manifest(
              Instant.parse(json.path("madeAt").asString()),
              UUID.fromString(json.path("ledger").asString()),
              json.path("events").asLong(),
              UUID.fromString(json.path("keyStore").asString()),
              json.path("generation").asLong(),
              json.path("sha256").asString());
    } catch (JacksonException | java.time.DateTimeException | IllegalArgumentException broken) {
      throw new BackupException(folder.resolve(MANIFEST) + " cannot be read", broken);
    }
    if (!Files.exists(file()) || !hash(file()).equals(manifest.sha256())) {
      throw new BackupException(file() + " is not what was backed up: it is missing or changed");
    }
    return manifest;
  }

  static String hash(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// Makes a folder that only its owner may enter, where it is missing.
  static void make(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, mode(folder, "rwx------"));
    }
  }

  /// Writes a small file of mode 0600 durably.
  static void write(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(file, mode(file, "rw-------"));
    Files.writeString(file, text);
    try (FileChannel written = FileChannel.open(file, StandardOpenOption.WRITE)) {
      written.force(true);
    }
  }

  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static FileAttribute<?>[] mode(Path path, String mode) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }
}
