package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import no.spor.activity.TimelineStore;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import no.spor.storage.sqlite.SqliteSession.Work;
import org.jspecify.annotations.Nullable;

/// The views in `views.db`, and how far the processors that fill them have come: rows and positions
/// of one transaction commit together.
///
/// Thread-safe. Everything here can be rebuilt from the ledger, so a commit is not on the disk when
/// it returns: a crash of the machine may take the last ones with it, rows and positions alike.
/// What is forgotten is overwritten.
///
/// Who can write the file can make views say less, or more, than the ledger; the ledger and what is
/// sealed in it are out of reach. Who can read it sees types, times, and which events of one month
/// are one nameless person's; no name, no pseudonym, no facet's value.
public final class SqliteViews implements ViewTransactions, AutoCloseable {
  static final String FILE = "views.db";

  private static final long MIB = 1 << 20;
  private static final SqliteSettings SETTINGS =
      new SqliteSettings(false, true, 4096, true, 64 * MIB, 0, 64 * MIB, 4);

  static final SqliteSchema SCHEMA =
      SqliteSchema.of("SpVi", SqliteProcessorProgress.TABLES + SqliteTimelineStore.TABLES);

  private final SqliteFile file;
  private final AtomicLong undone = new AtomicLong();
  private final SqliteTimelineStore timeline;
  private volatile @Nullable OpenTransaction open;

  private SqliteViews(SqliteFile file) {
    this.file = file;
    this.timeline = new SqliteTimelineStore(this);
  }

  /// Opens the views of a directory, makes them where there are none. Views of another ledger, or
  /// of another history of this one (it was restored to an earlier point), are thrown away. Close
  /// them before the directory.
  ///
  /// @param ledger the ledger that they are views of
  /// @param fits whether a view is of the ledger as it stands (`TimelineProjection.fits`)
  public static SqliteViews open(
      DataDirectory directory, UUID ledger, Predicate<TimelineStore> fits) {
    return open(directory, ledger, fits, SETTINGS);
  }

  static SqliteViews open(
      DataDirectory directory,
      UUID ledger,
      Predicate<TimelineStore> fits,
      SqliteSettings settings) {
    var views = new SqliteViews(SqliteFile.open(directory, FILE, settings, SCHEMA));
    try {
      var id = bytes(ledger);
      if (!views.areOf(id) || !fits.test(views.timeline())) {
        views.discard(id);
      }
      return views;
    } catch (RuntimeException e) {
      views.close();
      throw e;
    }
  }

  /// @return the timeline view; closing it closes nothing else
  public TimelineStore timeline() {
    return timeline;
  }

  public ProcessorProgress progress() {
    return new SqliteProcessorProgress(this);
  }

  @Override
  public Transaction begin() {
    if (isOpenHere()) {
      throw new IllegalStateException("transactions do not nest");
    }
    var begun = new OpenTransaction(Thread.currentThread(), file.begin());
    open = begun;
    return begun;
  }

  /// Reads one state: that of this thread's transaction, if one is open, else what is committed.
  <T extends @Nullable Object> T read(Work<T> work) {
    var here = openHere();
    return here == null ? file.read(work) : here.transaction.write(work);
  }

  /// Writes within this thread's transaction or, where none is open, in one of its own.
  <T extends @Nullable Object> T write(Work<T> work) {
    var here = openHere();
    if (here != null) {
      return here.transaction.write(work);
    }
    try {
      return file.write(work);
    } catch (RuntimeException e) {
      undone.incrementAndGet();
      throw e;
    }
  }

  /// @return changes whenever something was undone: then forget what was learned while writing
  long undone() {
    return undone.get();
  }

  boolean isOpenHere() {
    return openHere() != null;
  }

  SqliteFile file() {
    return file;
  }

  @Override
  public void close() {
    file.close();
  }

  private @Nullable OpenTransaction openHere() {
    var here = open;
    return here != null && here.owner.equals(Thread.currentThread()) ? here : null;
  }

  private boolean areOf(byte[] ledger) {
    return read(session -> session.first("select ledger from views", row -> row.getBytes(1)))
        .filter(known -> Arrays.equals(known, ledger))
        .isPresent();
  }

  private void discard(byte[] ledger) {
    file.save(session -> {
      for (var table : List.of("views", "progress", "timeline", "run", "page")) {
        session.update("delete from " + table);
      }
      session.update("insert into views values (1, ?, randomblob(16))", ledger);
      session.update("insert into timeline values (1, 0, x'', randomblob(16))");
    });
  }

  private static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  /// A thread's transaction.
  private final class OpenTransaction implements Transaction {
    private final Thread owner;
    private final SqliteTransaction transaction;
    private boolean ended;

    OpenTransaction(Thread owner, SqliteTransaction transaction) {
      this.owner = owner;
      this.transaction = transaction;
    }

    @Override
    public void commit() {
      if (ended) {
        throw new IllegalStateException("the transaction has ended");
      }
      ended = true;
      open = null;
      try (transaction) {
        transaction.commit();
      } catch (RuntimeException e) {
        undone.incrementAndGet();
        throw e;
      }
    }

    @Override
    public void rollback() {
      if (!ended) {
        ended = true;
        open = null;
        undone.incrementAndGet();
        transaction.close();
      }
    }
  }
}
