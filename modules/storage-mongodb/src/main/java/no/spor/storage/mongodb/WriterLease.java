package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/// Who prefers to write: one node writes at once while the others wait a moment first, so that
/// fewer attempts meet. A hint: whose block stands is decided by the block's `_id` alone, and
/// whatever is wrong here costs time. Thread-safe.
///
/// One document, with its holder, an epoch that grows with every change of the holder, and a
/// `state` that is another after each renewal. No clock is read or compared: who sees the same
/// state for longer than a lease lasts, by a monotonic clock of its own, takes it over. So does who
/// was refused too often in a row, so that nobody starves: who held it notices within a tenth of a
/// second, and waits long enough for the other to get through, however slow the server is.
///
/// A holder that dies delays others by nothing but their usual moment, until one of them takes
/// over.
final class WriterLease {
  private static final long RENEWED_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LASTS_NANOS = 3 * RENEWED_EVERY_NANOS;
  private static final long LOOKED_AT_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SHORTEST_MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(4);
  private static final long LONGEST_MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /// Who was too late reads what came in between and writes again: so many writes' time.
  private static final int WRITES_A_TURN = 3;

  private static final int REFUSALS = 4;
  private static final String HOLDER = "holder";
  private static final String EPOCH = "epoch";

  private final ReentrantLock lock = new ReentrantLock();
  private final Documents documents;
  private final BsonString id;
  private final Surroundings around;
  private final BsonString me = text(UUID.randomUUID());

  private volatile long heldEpoch;
  private @Nullable BsonDocument seen;
  private long seenSince;
  private long lookedAt;
  private long renewedAt;
  private volatile long begun;
  private volatile long writeNanos;
  private int refusals;

  WriterLease(Documents documents, UUID ledger, Surroundings around) {
    this.documents = documents;
    this.id = text("lease/" + ledger);
    this.around = around;
    this.lookedAt = now() - LOOKED_AT_EVERY_NANOS;
  }

  /// @return the epoch that this node holds, as far as it knows; 0 for none
  long epoch() {
    return heldEpoch;
  }

  /// Before something is written: waits a moment where another node prefers to write.
  void giveWay() {
    boolean wait;
    lock.lock();
    try {
      wait = !isOurs();
    } catch (MongoException e) {
      wait = false; // No preference can be told.
    } finally {
      lock.unlock();
    }
    if (wait) {
      around
          .pause()
          .accept(
              Math.clamp(WRITES_A_TURN * writeNanos, SHORTEST_MOMENT_NANOS, LONGEST_MOMENT_NANOS));
    }
    begun = now();
  }

  /// After something was written, or another's block had its number.
  void tried(boolean refused) {
    lock.lock();
    try {
      refusals = refused ? refusals + 1 : 0;
      writeNanos = (writeNanos + Math.max(0, now() - begun)) / 2;
      if (refused && heldEpoch > 0) {
        lookedAt = now() - LOOKED_AT_EVERY_NANOS;
        heldEpoch = 0; // Until the next look says so again.
      }
    } finally {
      lock.unlock();
    }
  }

  private long now() {
    return around.nanoTime().getAsLong();
  }

  private boolean isOurs() {
    boolean refusedTooOften = heldEpoch == 0 && refusals >= REFUSALS;
    if (!refusedTooOften && now() - lookedAt < LOOKED_AT_EVERY_NANOS) {
      return heldEpoch > 0;
    }
    look();
    BsonDocument found = seen;
    boolean mine = found != null && found.getString(HOLDER).equals(me);
    if (found != null && mine && now() - renewedAt < RENEWED_EVERY_NANOS) {
      heldEpoch = found.getInt64(EPOCH).getValue();
      return true;
    }
    boolean over = found != null && now() - seenSince >= LASTS_NANOS;
    if (found == null || mine || over || refusedTooOften) {
      return take(found, mine);
    }
    heldEpoch = 0;
    return false;
  }

  private void look() {
    BsonDocument before = seen;
    BsonDocument found = documents.withId(id).orElse(null);
    lookedAt = now();
    if (found == null
        || before == null
        || !found.getString(Changes.STATE).equals(before.getString(Changes.STATE))) {
      seen = found;
      seenSince = lookedAt;
    }
  }

  /// @param mine whether it is only renewed
  private boolean take(@Nullable BsonDocument found, boolean mine) {
    long epoch = found == null ? 1 : found.getInt64(EPOCH).getValue() + (mine ? 0 : 1);
    BsonDocument next =
        new BsonDocument(HOLDER, me)
            .append(EPOCH, number(epoch))
            .append(Changes.STATE, text(UUID.randomUUID()));
    boolean taken;
    if (found == null) {
      documents.insert(next.clone().append("_id", id));
      taken = true;
    } else {
      BsonDocument asSeen =
          new BsonDocument("_id", id).append(Changes.STATE, found.getString(Changes.STATE));
      taken = documents.update(asSeen, with("$set", next));
    }
    refusals = 0;
    heldEpoch = taken ? epoch : 0;
    if (taken) {
      seen = next;
      seenSince = now();
      renewedAt = seenSince;
    }
    return taken;
  }
}
