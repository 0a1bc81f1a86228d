package no.spor.ledger.witness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteKey;
import org.jspecify.annotations.Nullable;

/// A folder that one witness works in: its private key (`witness.key`, mode 0600) and a file for
/// each log, replaced as a whole. Locked while it is open: two processes on one folder could sign
/// two roots of one size.
///
/// Trust: who can write here can make the witness forget. Never put back an old copy of it.
public final class WitnessFolder implements WitnessState, AutoCloseable {
  private static final String KEY = "witness.key";
  private static final String SUFFIX = ".checkpoint";

  private final Path folder;
  private final FileChannel lock;

  private WitnessFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /// Opens a folder, makes it where there is none.
  ///
  /// @throws IOException where it cannot be used, or another witness uses it
  public static WitnessFolder open(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held;
    try {
      held = lock.tryLock();
    } catch (java.nio.channels.OverlappingFileLockException e) {
      held = null;
    }
    if (held == null) {
      lock.close();
      throw new IOException("another witness works in " + folder);
    }
    return new WitnessFolder(folder, lock);
  }

  /// @return the key that lies here; made under this name where there is none
  /// @throws IOException where a key of another name lies here
  public NoteKey key(@Nullable String name, SecureRandom random) throws IOException {
    Path file = folder.resolve(KEY);
    if (Files.notExists(file)) {
      String made = name == null ? "spor.invalid/witness" : name;
      NoteKey key = NoteKey.generate(made, KeyType.COSIGNATURE, random);
      replace(KEY, key.exposedText() + "\n");
      return key;
    }
    NoteKey key = NoteKey.parse(Files.readString(file).strip());
    if (name != null && !key.verifier().name().equals(name)) {
      throw new IOException(
          "the witness in " + folder + " is called " + key.verifier().name() + ", not " + name);
    }
    return key;
  }

  @Override
  public Optional<String> newest(String log) throws IOException {
    try {
      return Optional.of(Files.readString(folder.resolve(log + SUFFIX)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void keep(String log, String note) throws IOException {
    replace(log + SUFFIX, note);
  }

  private void replace(String name, String content) throws IOException {
    Path next = folder.resolve(name + ".new");
    Files.deleteIfExists(next);
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel file = FileChannel.open(next, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(
        next,
        folder.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(folder)) {
      directory.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
