package no.spor.server;

import java.nio.file.Path;
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
/// @param longestDowntimeDays by how many days the clock may be ahead, at the start, of what it
///   last was: beyond that nothing expires until an operator says that the clock is right
/// @param epochDays after how many days a new epoch is opened: then every older copy of the keys is
///   dead. 0 for only when told
/// @param metrics what is measured
@ConfigurationProperties("spor")
public record SporSettings(
    @DefaultValue("data") Path data,
    @Nullable Path rootFile,
    @DefaultValue("100000") int queueEvents,
    @DefaultValue("31") int longestDowntimeDays,
    @DefaultValue("7") int epochDays,
    @DefaultValue Metrics metrics) {

  /// What is measured, beyond what names nobody.
  ///
  /// @param tenants how many tenants get a label of their own in `spor_activity_events_total`; the
  ///   rest are `other`. 0: no label names a tenant
  public record Metrics(@DefaultValue("0") int tenants) {}
}
