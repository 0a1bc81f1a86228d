package no.spor.storage.mongodb;

import org.jspecify.annotations.Nullable;

/// A database that cannot be used as it is, or is out of reach. The message says what to do and
/// holds no credentials.
public class MongoStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MongoStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
