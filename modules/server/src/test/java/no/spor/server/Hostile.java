package no.spor.server;

import org.jspecify.annotations.Nullable;

/// A request that no well-meaning client makes, and how it must be answered.
///
/// @param slug of the problem
/// @param headers names and values in turn
record Hostile(
    String name,
    Key key,
    String method,
    String path,
    @Nullable String type,
    byte[] body,
    int status,
    String slug,
    String... headers) {
  /// Stands in whatever can hold text; no answer and no log line may show it.
  static final String MARKER = "HOSTILEMARK";

  static final String ADDRESS = "10.9.8.7";

  enum Key {
    EMITTER,
    OPERATORS_EMITTER,
    AUDITOR,
    OFFICER,
    ADMIN,
    TENANT_ADMIN,
    REVOKED,
    NONE
  }
}
