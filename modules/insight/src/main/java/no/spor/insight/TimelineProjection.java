package no.spor.insight;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import no.spor.activity.HeaderBody;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineStore;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.axon.Projection;
import no.spor.ledger.axon.StreamedRecord;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealedPart;
import org.jspecify.annotations.Nullable;

/// Fills the timeline view from the ledger: activity of all tenants, not the administration's
/// stream. What it writes and how far it has come become durable together, where the view store has
/// transactions; elsewhere what is repeated is passed over. What begins beyond the view's end is
/// not taken in, and is read again from there.
///
/// Thread-safe. A record that cannot be read stops the view before it, is logged by position, and
/// is tried again; nothing is ever skipped.
public final class TimelineProjection implements Projection {
  private static final int MOST_READS = 100;

  /// The processor's name.
  public static final String NAME = "timeline";

  static final String ADMINISTRATION = "spor";

  /// Another node's progress is not told.
  private static final long ASK_AGAIN_NANOS = 100_000_000;

  private static final Logger LOG = System.getLogger(TimelineProjection.class.getName());

  private final TimelineStore store;
  private final Predicate<Pseudonym> ownerless;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile long applied;

  /// Where nobody is ever erased.
  public TimelineProjection(TimelineStore store) {
    this(store, pseudonym -> false);
  }

  /// @param ownerless tells pseudonyms of people who are erased while parts with them still stand
  ///   in the ledger: they do not come into the view
  public TimelineProjection(TimelineStore store, Predicate<Pseudonym> ownerless) {
    this.store = store;
    this.ownerless = ownerless;
    this.applied = store.applied();
  }

  /// Tells whether a view is one of the ledger as it stands, not of more than that or of another
  /// past: the ledger may have been restored to an earlier point and have gone on from there.
  public static boolean fits(TimelineStore store, Ledger ledger) {
    long applied = store.applied();
    return applied == 0
        || ledger
            .read(applied - 1)
            .filter(last -> Arrays.equals(history(last), store.history()))
            .isPresent();
  }

  /// As [#fits], where others may fill the view meanwhile and this node may have still to see what
  /// they saw: how far the view is is read once, and then held against the ledger as it grows,
  /// until that can be told. Not thread-safe.
  public static Predicate<TimelineStore> fitting(Ledger ledger) {
    return new Predicate<>() {
      private long applied = -1;
      private byte[] history = {};

      @Override
      public boolean test(TimelineStore store) {
        for (int tries = 0; applied < 0 && tries < MOST_READS; tries++) {
          long before = store.applied();
          byte[] read = store.history();
          if (store.applied() == before) {
            history = read;
            applied = before;
          }
        }
        return applied == 0
            || (applied > 0
                && ledger
                    .read(applied - 1)
                    .filter(last -> Arrays.equals(history(last), history))
                    .isPresent());
      }
    };
  }

  /// A header's hash: no two headers are equal, as each has a salt of its block's random secret.
  private static byte[] history(LedgerRecord last) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(last.header());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void apply(List<StreamedRecord> records, long from, long upTo) {
    List<TimelineEntry> entries = new ArrayList<>(records.size());
    for (StreamedRecord record : records) {
      if (!record.record().stream().equals(ADMINISTRATION)) {
        entries.add(entry(record));
      }
    }
    LedgerRecord last = records.getLast().record();
    if (last.position() != upTo - 1) {
      throw new IllegalStateException("a batch ends with its last record");
    }
    store.apply(entries, from, upTo, history(last));
  }

  @Override
  public OptionalLong stands() {
    return OptionalLong.of(store.applied());
  }

  @Override
  public void clear() {
    store.clear();
    applied = 0;
  }

  @Override
  public void committed(long upTo) {
    lock.lock();
    try {
      applied = upTo;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// @return every record below this position is in the view
  public long applied() {
    return applied;
  }

  /// Asks the view itself, which another node may fill.
  ///
  /// @param wanted what is not asked for where it is known already
  /// @return every record below this position is in the view
  long applied(long wanted) {
    if (applied < wanted) {
      applied = Math.max(applied, store.applied());
    }
    return applied;
  }

  /// Waits until the record at this position is in the view. @return whether it is
  boolean await(long position, Duration atMost) {
    if (applied(position + 1) > position) {
      return true;
    }
    lock.lock();
    try {
      long nanosLeft = atMost.toNanos();
      while (applied <= position && nanosLeft > 0) {
        long some = Math.min(nanosLeft, ASK_AGAIN_NANOS);
        nanosLeft -= some - moved.awaitNanos(some);
        applied(position + 1);
      }
      return applied > position;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private TimelineEntry entry(StreamedRecord streamed) {
    try {
      HeaderBody header = streamed.header();
      if (!header.tenant().equals(streamed.record().stream())) {
        throw new IllegalArgumentException("its tenant is not its stream");
      }
      return new TimelineEntry(
          streamed.position(),
          header.tenant(),
          header.source(),
          header.type(),
          header.time(),
          header.facets(),
          pseudonyms(streamed.record().parts()));
    } catch (RuntimeException e) {
      UnreadableRecordException unreadable =
          new UnreadableRecordException(streamed.position(), e.getClass().getSimpleName());
      LOG.log(Level.ERROR, unreadable.getMessage());
      throw unreadable;
    }
  }

  private List<byte[]> pseudonyms(List<RecordPart> parts) {
    List<Pseudonym> found = new ArrayList<>(2);
    for (RecordPart part : parts) {
      if (part instanceof RecordPart.Kept(byte[] bytes)) {
        @Nullable Pseudonym pseudonym = SealedPart.pseudonymOf(bytes);
        if (pseudonym != null && !found.contains(pseudonym) && !ownerless.test(pseudonym)) {
          found.add(pseudonym);
        }
      }
    }
    List<byte[]> bytes = new ArrayList<>(found.size());
    found.forEach(pseudonym -> bytes.add(pseudonym.bytes()));
    return bytes;
  }
}
