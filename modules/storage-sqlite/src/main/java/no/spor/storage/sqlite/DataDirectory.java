package no.spor.storage.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A directory of database files that this process alone uses. Holding it is what allows
/// [SqliteFile] to keep state in memory: a second process is refused, and the operating system ends
/// the hold when the process ends, however it ends.
///
/// Made with mode 0700, its files with 0600, where the file system knows modes. Who can write here
/// can destroy or roll back whatever its files hold.
public final class DataDirectory implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DataDirectory.class.getName());
  private static final String LOCK = "spor.lock";

  private final Path path;
  private final Access access;
  private final @Nullable FileChannel lock;

  /// What a holder may do with the files.
  enum Access {
    WRITE,
    /// Nobody writes meanwhile: reads leave no trace, not even in SQLite's own files.
    READ_ALONE,
    /// Somebody else writes meanwhile.
    READ_BESIDE
  }

  private DataDirectory(Path path, Access access, @Nullable FileChannel lock) {
    this.path = path;
    this.access = access;
    this.lock = lock;
  }

  /// Makes the directory where it is missing, and holds it until [#close].
  ///
  /// @throws DirectoryInUseException if another process, or this one, holds it
  /// @throws UncheckedIOException if it cannot be made or written
  public static DataDirectory open(Path directory) {
    try {
      var path = directory.toAbsolutePath().normalize();
      if (Files.isDirectory(path)) {
        warnIfOpenToOthers(path);
      } else {
        Files.createDirectories(path, mode(path, "rwx------"));
      }
      createPrivateFile(path.resolve(LOCK));
      var real = path.toRealPath();
      return new DataDirectory(real, Access.WRITE, hold(real));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot use the data directory " + directory + ": make it writable, or name another.", e);
    }
  }

  /// Opens a directory to look at it: makes nothing, and where nobody else uses it changes no byte
  /// and keeps writers out until [#close]. Where a server uses it, its files are read beside it.
  ///
  /// @throws UncheckedIOException if it is not there or cannot be read
  public static DataDirectory openToRead(Path directory) {
    try {
      var real = directory.toRealPath();
      var file = real.resolve(LOCK);
      if (!Files.exists(file)) {
        return new DataDirectory(real, Access.READ_ALONE, null);
      }
      var channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        if (channel.tryLock(0, Long.MAX_VALUE, true) != null) {
          return new DataDirectory(real, Access.READ_ALONE, channel);
        }
      } catch (OverlappingFileLockException e) {
        // This very process uses it.
      }
      channel.close();
      return new DataDirectory(real, Access.READ_BESIDE, null);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the data directory " + directory + ".", e);
    }
  }

  /// @return whether somebody else may write to its files meanwhile
  public boolean isShared() {
    return access == Access.READ_BESIDE;
  }

  /// @return whether its files are made and written; else they are only looked at
  boolean isWritten() {
    return access == Access.WRITE;
  }

  Access access() {
    return access;
  }

  public Path path() {
    return path;
  }

  /// @return a file of this directory, made with mode 0600 (and durably so) where it was missing
  Path file(String name) {
    var file = path.resolve(name);
    if (access != Access.WRITE) {
      if (!Files.isRegularFile(file)) {
        throw new UncheckedIOException(new NoSuchFileException("There is no " + file + "."));
      }
      return file;
    }
    try {
      if (createPrivateFile(file)) {
        try (var directory = FileChannel.open(path, StandardOpenOption.READ)) {
          directory.force(true);
        }
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + file + ".", e);
    }
  }

  /// Lets others use the directory. Close its files first.
  @Override
  public void close() {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileChannel hold(Path directory) throws IOException {
    var channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        channel.close();
        throw new DirectoryInUseException(
            "Another process uses the data directory "
                + directory
                + ": stop it first, or name another directory.");
      }
      return channel;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new DirectoryInUseException(
          "This process uses the data directory " + directory + " already.");
    }
  }

  /// @return whether it was made now
  private static boolean createPrivateFile(Path file) throws IOException {
    try {
      Files.createFile(file, mode(file, "rw-------"));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static FileAttribute<?>[] mode(Path path, String mode) {
    return knowsModes(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean knowsModes(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static void warnIfOpenToOthers(Path directory) throws IOException {
    if (!knowsModes(directory)) {
      return;
    }
    Set<PosixFilePermission> granted =
        Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
    if (granted.contains(PosixFilePermission.GROUP_WRITE)
        || granted.contains(PosixFilePermission.OTHERS_WRITE)) {
      LOG.log(
          Level.WARNING,
          "Other users can write to the data directory {0}: run chmod 700 on it.",
          directory);
    }
  }

  /// A directory that somebody else holds.
  public static final class DirectoryInUseException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    DirectoryInUseException(String message) {
      super(message);
    }
  }
}
