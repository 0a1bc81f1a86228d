package no.spor.server;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What can be set, all under `spor.`; each also as an environment variable (`SPOR_DATA`,
/// `SPOR_ROOT_FILE`, …).
///
/// @param data the data directory, made when missing; mode 0700
/// @param rootFile the root key's file, made at first start, mode 0600; `root.key` in the data
///   directory where not set. Keep a copy apart from every backup of the data directory: who has
///   both can read everything
/// @param queueEvents how many events may wait for the appender before new ones are refused with
///   `too-busy`
/// @param longestDowntimeDays how many days of downtime applications' events, witnesses or an
///   operator who runs retention can confirm: beyond that nothing more expires until an operator
///   says that the clock is right
/// @param epochDays after how many days a new epoch is opened: then every older copy of the keys is
///   dead. 0 for only when told
/// @param origin what others know the ledger by: the first line of its checkpoints and the name of
///   its keys. A URL without a scheme, such as `example.com/log42`; nothing need answer there. Set
///   at the first start, for good; `spor.invalid/ledger/` and the ledger's id where not set
/// @param witnesses who cosigns the ledger's checkpoints (C2SP `tlog-witness`): of each its URL, a
///   space, its verifier key; separated by commas. Without any, nobody is called
/// @param since a file with a checkpoint of this ledger: it is not served where it does not
///   continue that one
/// @param metrics what is measured
/// @param limits what one caller may take of the server
/// @param store `sqlite` (files of the data directory, one node) or `mongodb`
/// @param mongodb where the stores lie on MongoDB
@ConfigurationProperties("spor")
public record SporSettings(
    @DefaultValue("data") Path data,
    @Nullable Path rootFile,
    @DefaultValue("100000") int queueEvents,
    @DefaultValue("31") int longestDowntimeDays,
    @DefaultValue("7") int epochDays,
    @Nullable String origin,
    @DefaultValue("") String witnesses,
    @Nullable Path since,
    @DefaultValue Metrics metrics,
    @DefaultValue Limits limits,
    @DefaultValue("sqlite") String store,
    @DefaultValue Mongodb mongodb) {

  /// @throws IllegalArgumentException where there is no store of that name
  boolean onMongodb() {
    return switch (store) {
      case "sqlite" -> false;
      case "mongodb" -> true;
      default -> throw new IllegalArgumentException("spor.store is sqlite or mongodb");
    };
  }

  /// Where the stores lie on MongoDB.
  ///
  /// @param uri connection string for every duty that has none of its own; name all members and the
  ///   replica set
  /// @param database prefix of the databases' names
  /// @param allowStandalone whether a server that is no replica set will do
  /// @param allowUnsafe whether a connection string may ask for less than majority and journal
  /// @param freshWithin how lately a node must have seen the newest block before it hands anything
  ///   out: so long after an erasure every node has let go of the person, and no erasure is
  ///   completed sooner
  public record Mongodb(
      @DefaultValue("mongodb://127.0.0.1:27017") String uri,
      @DefaultValue("spor") String database,
      @DefaultValue("false") boolean allowStandalone,
      @DefaultValue("false") boolean allowUnsafe,
      @DefaultValue("5s") Duration freshWithin,
      @DefaultValue Place ledger,
      @DefaultValue Place keys,
      @DefaultValue Place epochs,
      @DefaultValue Place checkpoints,
      @DefaultValue Place views) {

    /// Shows no connection string: it holds a password.
    @Override
    public String toString() {
      return "Mongodb[" + database + "]";
    }
  }

  /// One duty's own place.
  ///
  /// @param uri with credentials of its own; null for the common one
  /// @param database its whole name; null for the prefix and the duty
  public record Place(@Nullable String uri, @Nullable String database) {
    @Override
    public String toString() {
      return "Place[" + database + "]";
    }
  }

  /// What one caller may take of the server. Each server counts for itself.
  ///
  /// @param requestsPerSecond of one key, on average over a second; beyond that 429. 0: no limit
  /// @param eventsPerSecond of one key, on average; a request is taken whole or not at all, and
  ///   what it takes too much the key has less afterwards. 0: no limit
  /// @param patienceSeconds within which the head of a request must have come whole, and after
  ///   which a body must come at `slowestBytesPerSecond`
  /// @param slowestBytesPerSecond of a body, on average. 0: as slow as it likes
  /// @param requestSeconds after which a connection is cut whose request, answer included, is not
  ///   done
  /// @param bodyMebibytes of request bodies that may be in memory at once, 16 at least; more wait
  ///   for a moment and get 429 then. 0: an eighth of the heap, 64 at least
  public record Limits(
      @DefaultValue("10000") int requestsPerSecond,
      @DefaultValue("0") int eventsPerSecond,
      @DefaultValue("10") int patienceSeconds,
      @DefaultValue("4096") int slowestBytesPerSecond,
      @DefaultValue("600") int requestSeconds,
      @DefaultValue("0") int bodyMebibytes) {

    /// @throws IllegalSettingException where one makes no sense
    public Limits {
      if (requestsPerSecond < 0
          || eventsPerSecond < 0
          || patienceSeconds < 1
          || slowestBytesPerSecond < 0
          || requestSeconds < patienceSeconds
          || (bodyMebibytes != 0 && bodyMebibytes < 16)
          || bodyMebibytes > 1024) {
        throw new IllegalSettingException(
            "spor.limits: rates are 0 or more, patience-seconds 1 or more, request-seconds not less"
                + " than that, body-mebibytes 0 or 16 to 1024");
      }
    }
  }

  /// What is measured, beyond what names nobody.
  ///
  /// @param tenants how many tenants get a label of their own in `spor_activity_events_total`; the
  ///   rest are `other`. 0: no label names a tenant
  public record Metrics(@DefaultValue("0") int tenants) {}
}
