package no.spor.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.ToDoubleFunction;
import no.spor.rights.EpochRotation.Horizon;
import no.spor.rights.RetentionStatus;
import no.spor.rights.RetentionStatus.OfAccounts;
import no.spor.rights.RetentionStatus.OfClass;
import no.spor.server.Node;
import no.spor.server.PublicLedger;
import no.spor.server.SporSettings;
import no.spor.server.backup.BackupTimes;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Whether what must happen by itself, or by an operator's hand, happens: publishing, witnessing,
/// retention, the rotation of epochs, backups.
@Component
final class UpkeepMeters implements MeterBinder {
  private final Node node;
  private final Path data;
  private final boolean files;
  private final InstantSource clock = InstantSource.system();

  UpkeepMeters(Node node, SporSettings settings) {
    this.node = node;
    this.data = settings.data();
    this.files = settings.store().equals("sqlite");
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    publishing(meters);
    retention(meters);
    epochs(meters);
    if (files) {
      for (String store : new String[] {"ledger", "keys", "epochs"}) {
        Gauge.builder(
                "spor.backup.age.seconds",
                node,
                observed -> age(BackupTimes.last(data, store).orElse(null)))
            .description("since the store was backed up last; +Inf for never")
            .tag("store", store)
            .register(meters);
      }
    }
  }

  private void publishing(MeterRegistry meters) {
    ledger(
        meters,
        "checkpoint.age.seconds",
        "since the newest checkpoint was signed; it grows where nothing happens, too",
        published -> age(published.publishedAt()));
    ledger(
        meters,
        "unpublished.events",
        "events not under a checkpoint yet",
        published -> Math.max(0, node.ledger().size() - published.size()));
    ledger(
        meters,
        "witness.age.seconds",
        "since the newest checkpoint was signed that witnesses have cosigned; NaN for none",
        published -> published.witnessedAt() == null ? Double.NaN : age(published.witnessedAt()));
  }

  private void ledger(
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<PublicLedger> figure) {
    Gauge.builder(
            "spor.ledger." + name, node, observed -> figure.applyAsDouble(observed.publicLedger()))
        .description(description)
        .register(meters);
  }

  private void retention(MeterRegistry meters) {
    status(
        meters,
        "due.classes",
        "tenants' classes of which a day is over and not yet gone",
        status -> status.classes().stream().filter(UpkeepMeters::due).count());
    status(
        meters,
        "late.classes",
        "those of which something is overdue",
        status -> status.classes().stream().filter(OfClass::late).count());
    status(
        meters,
        "overdue.seconds",
        "how long the oldest key has been due that is still there",
        status ->
            status.classes().stream().mapToLong(UpkeepMeters::overdueDays).max().orElse(0)
                * 86_400.0);
    status(
        meters,
        "last.run.age.seconds",
        "since retention was last through with everything; +Inf for not since the start",
        status -> age(status.lastRun()));
    status(
        meters,
        "failing",
        "1 while the last run was stopped by a failure",
        status -> status.failure() == null ? 0 : 1);
    status(
        meters,
        "clock.ahead.seconds",
        "how far the clock is beyond what can be proven: retention is late by that",
        status -> status.clockAhead().toMillis() / 1000.0);
    FunctionCounter.builder(
            "spor.retention.inactive.accounts.closed",
            node,
            observed ->
                observed.upkeep().retention().status(null).accounts().stream()
                    .mapToLong(OfAccounts::closed)
                    .sum())
        .description("accounts closed since the start because nothing was recorded of them")
        .register(meters);
  }

  private static boolean due(OfClass one) {
    return one.expired() != null && one.expired().isBefore(one.due())
        || one.dropped() != null && one.dropped().isBefore(one.due());
  }

  private static long overdueDays(OfClass one) {
    return one.expired() == null
        ? 0
        : Math.max(0, ChronoUnit.DAYS.between(one.expired(), one.due()));
  }

  private void status(
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<RetentionStatus> figure) {
    Gauge.builder(
            "spor.retention." + name,
            node,
            observed -> figure.applyAsDouble(observed.upkeep().retention().status(null)))
        .description(description)
        .register(meters);
  }

  private void epochs(MeterRegistry meters) {
    horizon(
        meters,
        "erasure.horizon.seconds",
        "until older copies of the keys are dead, and with them what is erased now; +Inf where no"
            + " rotation is planned",
        horizon -> seconds(horizon.left()));
    horizon(
        meters,
        "rotation.late",
        "1 while the rotation of epochs is overdue",
        horizon -> horizon.late() ? 1 : 0);
  }

  private void horizon(
      MeterRegistry meters, String name, String description, ToDoubleFunction<Horizon> figure) {
    Gauge.builder(
            "spor.keys." + name,
            node,
            observed -> figure.applyAsDouble(observed.upkeep().epochs().horizon()))
        .description(description)
        .register(meters);
  }

  private double age(@Nullable Instant since) {
    return since == null
        ? Double.POSITIVE_INFINITY
        : Math.max(0, Duration.between(since, clock.instant()).toMillis()) / 1000.0;
  }

  private static double seconds(@Nullable Duration duration) {
    return duration == null ? Double.POSITIVE_INFINITY : duration.toMillis() / 1000.0;
  }
}
