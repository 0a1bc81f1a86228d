package no.spor.server.metrics;

import java.time.Duration;
import java.time.InstantSource;
import no.spor.ledger.LedgerRecord;
import no.spor.server.Node;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/// Whether checkpoints are published: `DOWN` once the ledger contradicted one, when nothing is
/// appended either, so the node is not ready; `LATE` while something recorded has waited for one
/// for a minute, when recording goes on. Shown at `/actuator/health/publishing`.
@Component("checkpoints")
final class PublishingHealth implements HealthIndicator {
  static final Status LATE = new Status("LATE");
  private static final Duration AT_MOST = Duration.ofMinutes(1);

  private final Node node;
  private final InstantSource clock = InstantSource.system();

  PublishingHealth(Node node) {
    this.node = node;
  }

  @Override
  public Health health() {
    return Health.status(status(node.publicLedger().isPublishing(), waited())).build();
  }

  static Status status(boolean publishing, Duration waited) {
    if (!publishing) {
      return Status.DOWN;
    }
    return waited.compareTo(AT_MOST) > 0 ? LATE : Status.UP;
  }

  /// @return for how long the first record without a checkpoint has stood
  private Duration waited() {
    long published = node.publicLedger().size();
    return published >= node.ledger().size()
        ? Duration.ZERO
        : node.ledger()
            .read(published)
            .map(LedgerRecord::recordedAtMillis)
            .map(since -> Duration.ofMillis(Math.max(0, clock.millis() - since)))
            .orElse(Duration.ZERO);
  }
}
