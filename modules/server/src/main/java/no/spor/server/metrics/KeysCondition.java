package no.spor.server.metrics;

import java.time.Duration;
import no.spor.server.Node;
import no.spor.vault.VaultCondition;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// How the keys are, asked at most twice a second however often somebody looks: asking costs
/// questions to the key store, and who asks for health or metrics needs no key. Thread-safe.
@Component
final class KeysCondition {
  private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

  private final Node node;
  private @Nullable VaultCondition known;
  private long askedAt;

  KeysCondition(Node node) {
    this.node = node;
  }

  synchronized VaultCondition now() {
    long now = System.nanoTime();
    VaultCondition found = known;
    if (found == null || now - askedAt > FRESH_NANOS) {
      found = node.vault().condition();
      known = found;
      askedAt = now;
    }
    return found;
  }
}
