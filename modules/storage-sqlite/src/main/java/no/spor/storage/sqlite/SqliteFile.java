package no.spor.storage.sqlite;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import no.spor.storage.sqlite.SqliteSession.Task;
import no.spor.storage.sqlite.SqliteSession.Work;
import no.spor.storage.sqlite.SqliteStoreException.Kind;
import org.jspecify.annotations.Nullable;

/// One database file in WAL mode: one writer, several readers, nothing outside the file but its
/// `-wal` and `-shm`.
///
/// Thread-safe. A write is durable when [#write] or [SqliteTransaction#commit] returns, if
/// [SqliteSettings#fullSync]; readers see it no earlier. After an error (disk full, read-only) the
/// same object works again as soon as the cause is mended.
///
/// Do not open the file by other means in this process: closing such a descriptor would drop
/// SQLite's locks (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
public final class SqliteFile implements AutoCloseable {
  private static final Logger LOG = System.getLogger(SqliteFile.class.getName());
  private static final int BUSY_TIMEOUT_MILLIS = 5_000;
  private static final int VACUUM_STEP_PAGES = 2_000;

  /// `SQLITE_OPEN_READONLY | SQLITE_OPEN_URI`.
  private static final int READ_ONLY_BY_URI = 0x41;

  private static final String NO_LOCKS =
      System.getProperty("os.name", "").startsWith("Windows") ? "win32-none" : "unix-none";

  private final Path path;
  private final DataDirectory.Access access;
  private final SqliteSettings settings;
  private final Semaphore writing = new Semaphore(1, true);
  private final Semaphore reading;
  private final ConcurrentLinkedDeque<SqliteSession> idle = new ConcurrentLinkedDeque<>();
  private @Nullable SqliteSession writer;
  private volatile @Nullable Thread writes;
  private volatile boolean closed;

  private SqliteFile(Path path, DataDirectory.Access access, SqliteSettings settings) {
    this.path = path;
    this.access = access;
    this.settings = settings;
    this.reading = new Semaphore(settings.readers(), true);
  }

  /// Opens the file, makes it where it is missing and brings it to the schema's version. In a
  /// directory that is opened to read, it must be there in that version, and every write fails.
  ///
  /// @throws SqliteStoreException if it is damaged, of another program or of a newer version, or
  ///   cannot be read or written
  public static SqliteFile open(
      DataDirectory directory, String name, SqliteSettings settings, SqliteSchema schema) {
    var file = new SqliteFile(directory.file(name), directory.access(), settings);
    try {
      if (directory.access() == DataDirectory.Access.WRITE) {
        file.migrate(schema);
      } else {
        file.check(schema);
      }
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  public Path path() {
    return path;
  }

  /// Reads one consistent state. Reads do not nest: each holds one of few readers.
  public <T extends @Nullable Object> T read(Work<T> work) {
    return read(work, true);
  }

  /// As [#read], for one statement, which sees one state by itself.
  <T extends @Nullable Object> T peek(Work<T> work) {
    return read(work, false);
  }

  /// As [#read], over the writer's connection where nobody writes: another one forgets all pages
  /// that it has read as soon as anything was written.
  <T extends @Nullable Object> T readAsWriter(Work<T> work) {
    if (access != DataDirectory.Access.WRITE || !writing.tryAcquire()) {
      return read(work);
    }
    boolean sound = false;
    try {
      var session = writer();
      session.prepare("begin").execute();
      var result = work.in(session);
      session.prepare("commit").execute();
      sound = true;
      return result;
    } catch (SQLException e) {
      throw SqliteStoreException.of(path, false, e);
    } finally {
      release(sound);
    }
  }

  private <T extends @Nullable Object> T read(Work<T> work, boolean transaction) {
    reading.acquireUninterruptibly();
    try {
      var session = reader();
      boolean sound = false;
      try {
        if (transaction) {
          session.prepare("begin").execute();
        }
        var result = work.in(session);
        if (transaction) {
          session.prepare("commit").execute();
        }
        sound = true;
        return result;
      } finally {
        if (sound) {
          idle.push(session);
        } else {
          session.close();
        }
      }
    } catch (SQLException e) {
      throw SqliteStoreException.of(path, false, e);
    } finally {
      reading.release();
    }
  }

  /// Does the work in one transaction: all of it is saved, or, where anything throws, nothing.
  public <T extends @Nullable Object> T write(Work<T> work) {
    if (Thread.currentThread().equals(writes)) {
      throw new IllegalStateException("a transaction of this thread is open already");
    }
    try (var transaction = begin()) {
      writes = Thread.currentThread();
      var result = transaction.write(work);
      writes = null;
      transaction.commit();
      return result;
    } finally {
      if (Thread.currentThread().equals(writes)) {
        writes = null;
      }
    }
  }

  /// [#write] without an answer.
  public void save(Task task) {
    this.<@Nullable Void>write(session -> {
      task.in(session);
      return null;
    });
  }

  /// Waits for the writer and begins a transaction. Close it in any case.
  public SqliteTransaction begin() {
    writing.acquireUninterruptibly();
    try {
      var session = writer();
      session.prepare("begin immediate").execute();
      return new SqliteTransaction(this, session);
    } catch (SQLException e) {
      release(false);
      throw SqliteStoreException.of(path, true, e);
    } catch (RuntimeException e) {
      writing.release();
      throw e;
    }
  }

  /// Copies the log into the file and cuts it to nothing: earlier states of a page are then in no
  /// file. Waits for readers and keeps new ones waiting meanwhile.
  public void truncateLog() {
    alone(session -> {
      var busy = session.first("pragma wal_checkpoint(truncate)", row -> row.getInt(1)).orElse(1);
      if (busy != 0) {
        throw new SqliteStoreException(
            Kind.BUSY, "Could not empty the log, somebody else reads " + path + ".");
      }
    });
  }

  /// Writes the whole file anew and empties the log. What was deleted is then in no byte of it:
  /// when SQLite divides a page it leaves copies of rows between the rows, which `secure_delete`
  /// does not reach. Takes time and disk space in proportion to the file; reads and writes wait.
  public void rewrite() {
    alone(session -> {
      session.execute("pragma temp_store=file");
      try {
        session.execute("vacuum");
      } finally {
        session.execute("pragma temp_store=memory");
      }
    });
    truncateLog();
  }

  /// Gives free pages back to the file system, in several transactions.
  public void vacuum() {
    while (number("pragma freelist_count") > 0) {
      long before = number("pragma freelist_count");
      alone(session -> session.execute("pragma incremental_vacuum(" + VACUUM_STEP_PAGES + ")"));
      if (number("pragma freelist_count") >= before) {
        return;
      }
    }
  }

  /// Closes after running reads and writes have ended; what is committed stays.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    writing.acquireUninterruptibly();
    reading.acquireUninterruptibly(settings.readers());
    closed = true;
    try {
      for (var session = idle.poll(); session != null; session = idle.poll()) {
        session.close();
      }
      discardWriter();
    } catch (SQLException e) {
      LOG.log(Level.WARNING, "Closing " + path + " failed; what was committed is saved.", e);
    } finally {
      reading.release(settings.readers());
      writing.release();
    }
  }

  /// Ends the writer's turn.
  ///
  /// @param sound whether its connection is good for another transaction
  void release(boolean sound) {
    try {
      if (!sound) {
        discardWriter();
      }
    } catch (SQLException e) {
      LOG.log(Level.DEBUG, "closing a broken connection", e);
    } finally {
      writing.release();
    }
  }

  private long number(String sql) {
    return read(session -> session.number(sql));
  }

  /// Runs outside a transaction, with no reader and no other writer at work.
  private void alone(Task task) {
    writing.acquireUninterruptibly();
    boolean sound = false;
    try {
      reading.acquireUninterruptibly(settings.readers());
      try {
        task.in(writer());
        sound = true;
      } finally {
        reading.release(settings.readers());
      }
    } catch (SQLException e) {
      throw SqliteStoreException.of(path, true, e);
    } finally {
      release(sound);
    }
  }

  private SqliteSession writer() throws SQLException {
    requireOpen();
    var known = writer;
    if (known == null) {
      known = connect();
      writer = known;
    }
    return known;
  }

  private void discardWriter() throws SQLException {
    var known = writer;
    writer = null;
    if (known != null) {
      known.close();
    }
  }

  private SqliteSession reader() throws SQLException {
    requireOpen();
    var known = idle.poll();
    if (known != null) {
      return known;
    }
    var session = connect();
    session.execute("pragma query_only=on");
    return session;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(path.getFileName() + " is closed");
    }
  }

  private SqliteSession connect() throws SQLException {
    if (path.toString().indexOf('?') >= 0) {
      throw new IllegalArgumentException("A data directory's name must not hold a question mark.");
    }
    // Else the driver asks for the row's id after each insert, and leaves that question open.
    var properties = new Properties();
    properties.setProperty("jdbc.get_generated_keys", "false");
    if (access != DataDirectory.Access.WRITE) {
      return connectToRead(properties);
    }
    var session = new SqliteSession(DriverManager.getConnection("jdbc:sqlite:" + path, properties));
    try {
      session.execute("pragma busy_timeout=" + BUSY_TIMEOUT_MILLIS);
      session.execute("pragma temp_store=memory");
      session.execute("pragma trusted_schema=off");
      // The next two count only while the file is empty, and only before the log is chosen.
      session.execute("pragma page_size=" + settings.pageSizeBytes());
      session.execute("pragma auto_vacuum=" + (settings.incrementalVacuum() ? 2 : 0));
      session.execute("pragma journal_mode=wal");
      session.execute("pragma synchronous=" + (settings.fullSync() ? "full" : "normal"));
      session.execute("pragma secure_delete=" + (settings.secureDelete() ? "on" : "off"));
      session.execute("pragma cache_size=-" + settings.cacheBytes() / 1024);
      session.execute("pragma mmap_size=" + settings.mmapBytes());
      session.execute(
          "pragma wal_autocheckpoint=" + settings.walBytes() / settings.pageSizeBytes());
      session.execute("pragma journal_size_limit=" + settings.walBytes());
      return session;
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  /// Alone, the index of the log is made in this process's memory and nothing is locked: that
  /// leaves the files as they are. Beside a writer, SQLite's own locks and its `-shm` are used.
  private SqliteSession connectToRead(Properties properties) throws SQLException {
    boolean alone = access == DataDirectory.Access.READ_ALONE;
    properties.setProperty("open_mode", String.valueOf(READ_ONLY_BY_URI));
    var encoded = path.toUri().getRawPath();
    var url = "jdbc:sqlite:file:" + encoded + "?mode=ro" + (alone ? "&vfs=" + NO_LOCKS : "");
    var session = new SqliteSession(DriverManager.getConnection(url, properties));
    try {
      if (alone) {
        session.execute("pragma locking_mode=exclusive");
      }
      session.execute("pragma busy_timeout=" + BUSY_TIMEOUT_MILLIS);
      session.execute("pragma temp_store=memory");
      session.execute("pragma trusted_schema=off");
      session.execute("pragma cache_size=-" + settings.cacheBytes() / 1024);
      return session;
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  private void check(SqliteSchema schema) {
    read(session -> {
      long version = session.number("pragma user_version");
      if (session.number("pragma application_id") != schema.applicationId()
          || version < schema.readable()
          || version > schema.version()) {
        throw new SqliteStoreException(
            Kind.DAMAGED,
            "%s is not of this version of Spor (schema %d, this one knows %d)."
                .formatted(path, version, schema.version()));
      }
      return version;
    });
  }

  private void migrate(SqliteSchema schema) {
    save(session -> {
      int version = Math.toIntExact(session.number("pragma user_version"));
      int owner = Math.toIntExact(session.number("pragma application_id"));
      boolean empty = session.number("select count(*) from sqlite_schema") == 0;
      if (empty && version == 0 && owner == 0) {
        session.execute("pragma application_id=" + schema.applicationId());
      } else if (owner != schema.applicationId()) {
        throw new SqliteStoreException(
            Kind.DAMAGED, path + " is a database of something else: name another directory.");
      } else if (version > schema.version()) {
        throw new SqliteStoreException(
            Kind.DAMAGED,
            "%s was written by a newer version of Spor (schema %d, this one knows %d): use that version, or a newer one."
                .formatted(path, version, schema.version()));
      }
      for (int step = version; step < schema.version(); step++) {
        session.execute(schema.steps().get(step));
        session.execute("pragma user_version=" + (step + 1));
      }
    });
  }
}
