package no.spor.storage.mongodb;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSocketOpenException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import java.util.Set;

/// What a failed write says about what it has left.
final class WriteFailure {
  private static final int DUPLICATE_KEY = 11000;

  /// Refused before anything was looked at: no primary, not allowed, not understood.
  private static final Set<Integer> REFUSED =
      Set.of(
          13, // Unauthorized
          18, // AuthenticationFailed
          20, // IllegalOperation: no journal, no replica set
          59, // CommandNotFound
          79, // UnknownReplWriteConcern
          100, // UnsatisfiableWriteConcern
          8000, // AtlasError: authentication, quota
          10107, // NotWritablePrimary
          13435, // NotPrimaryNoSecondaryOk
          13436); // NotPrimaryOrSecondary

  private WriteFailure() {}

  /// Of an ordered insert: how many documents were inserted, for certain.
  ///
  /// Only the index of the first error is to be trusted, and it says nothing where that error is a
  /// duplicate's (it may be one's own document of an attempt before) or where a majority is still
  /// missing.
  ///
  /// @return -1 where that cannot be said
  static int sureCount(MongoException failure) {
    if (failure instanceof MongoBulkWriteException bulk) {
      if (bulk.getWriteConcernError() != null || bulk.getWriteErrors().isEmpty()) {
        return -1;
      }
      var error = bulk.getWriteErrors().getFirst();
      return error.getCode() == DUPLICATE_KEY ? -1 : error.getIndex();
    }
    boolean neverSent =
        failure instanceof MongoTimeoutException || failure instanceof MongoSocketOpenException;
    boolean refused =
        (failure instanceof MongoCommandException || failure.getClass() == MongoException.class)
            && REFUSED.contains(failure.getCode());
    return neverSent || refused ? 0 : -1;
  }

  /// @return index of the document whose id stood already; −2 where that was not the reason
  static int duplicate(MongoException failure) {
    return failure instanceof MongoBulkWriteException bulk
            && !bulk.getWriteErrors().isEmpty()
            && bulk.getWriteErrors().getFirst().getCode() == DUPLICATE_KEY
        ? bulk.getWriteErrors().getFirst().getIndex()
        : -2;
  }

  /// @return whether something is there that a majority will have, or that will be rolled back: it
  ///   is worth waiting for
  static boolean willShow(MongoException failure) {
    return failure instanceof MongoBulkWriteException
        || failure instanceof MongoWriteConcernException;
  }
}
