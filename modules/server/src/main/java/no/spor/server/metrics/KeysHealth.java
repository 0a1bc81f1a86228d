package no.spor.server.metrics;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Whether keys can be used: `DOWN` while the key store is behind the ledger, is another, or cannot
/// be reached. Nothing is recorded or opened then, so the node is not ready.
@Component("keys")
final class KeysHealth implements HealthIndicator {
  private final KeysCondition condition;

  KeysHealth(KeysCondition condition) {
    this.condition = condition;
  }

  @Override
  public Health health() {
    return (condition.now().ready() ? Health.up() : Health.down()).build();
  }
}
