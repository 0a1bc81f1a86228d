package no.spor.ledger;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Port: keeps what was published, in a store of its own that is never restored with the ledger and
/// never goes back: so that two nodes cannot fork a ledger, and an old copy of the ledger is not
/// taken for the present. Every implementation passes the suite `CheckpointStoreSuite` of the
/// module `conformance`.
///
/// Thread-safe; reads are monotonic and see only what can no longer be lost. Who can write here can
/// make a node publish a fork; who holds an older checkpoint can show it.
public interface CheckpointStore extends AutoCloseable {

  /// A checkpoint as it was published.
  ///
  /// @param checkpoint what the note says
  /// @param note the whole signed note
  /// @param atMillis when, in milliseconds since 1970-01-01T00:00:00Z by the publisher's clock
  record Published(Checkpoint checkpoint, String note, long atMillis) {}

  /// @return what was published last, whatever its origin; empty where nothing ever was
  Optional<Published> newest();

  /// Publishes, compare-and-set: only if `previous` is the newest. Durable when this returns.
  ///
  /// Where the newest has the origin of `next` and was published in the same hour (UTC), `next`
  /// takes its place; else it comes after it. So the last of each hour stays for good.
  ///
  /// @param previous what was newest when `next` was proven to continue it; null for none
  /// @return whether it was published; false where `previous` is not the newest (any more)
  /// @throws IllegalArgumentException where `next` has the origin of `previous` and is smaller, or
  ///   as large with another root
  /// @throws LedgerStoreException if nothing was written, and the same call may be tried again
  ///   later
  /// @throws LedgerOutcomeUnknownException if it cannot be said whether it was: read [#newest]
  boolean publish(@Nullable Checkpoint previous, Published next);

  /// @return the last of each hour from size `fromSize` on and the newest, of this origin,
  ///   ascending by size, at most `max`
  List<Published> history(String origin, long fromSize, int max);

  /// @return the largest of this origin up to `size` that is in the [#history]
  Optional<Published> atMost(String origin, long size);

  /// @return the newest checkpoint of this origin that witnesses have cosigned, its note with their
  ///   signatures
  Optional<Published> cosigned(String origin);

  /// Keeps a cosigned checkpoint; one that is smaller than what is kept for its origin is passed
  /// over. Durable when this returns.
  void keepCosigned(Published cosigned);

  /// @return the statements of the ledger's keys, whole signed notes, from the first on; see
  ///   [no.spor.ledger.identity.KeyStatement]
  List<String> keyStatements();

  /// Adds a statement, compare-and-set. Durable when this returns; it is never changed or removed.
  ///
  /// @param index how many stand before it
  /// @return whether it stands there now; false where another does, or it would leave a gap
  boolean addKeyStatement(int index, String note);

  @Override
  void close();
}
