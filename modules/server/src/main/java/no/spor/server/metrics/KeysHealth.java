package no.spor.server.metrics;

import no.spor.server.Node;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Whether keys can be used: `DOWN` while the key store is behind the ledger, is another, or cannot
/// be reached. Nothing is recorded or opened then, so the node is not ready.
@Component("keys")
final class KeysHealth implements HealthIndicator {
  private final Node node;

  KeysHealth(Node node) {
    this.node = node;
  }

  @Override
  public Health health() {
    return (node.vault().condition().ready() ? Health.up() : Health.down()).build();
  }
}
