package no.spor.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

/// Two ways in which publishing can stop, told apart.
@Tag("once")
class PublishingHealthTest {
  @Test
  void whatWaitsForACheckpointIsLateAndAContradictionIsDown() {
    assertThat(PublishingHealth.status(true, Duration.ZERO)).isEqualTo(Status.UP);
    assertThat(PublishingHealth.status(true, Duration.ofSeconds(59))).isEqualTo(Status.UP);
    assertThat(PublishingHealth.status(true, Duration.ofSeconds(61)))
        .isEqualTo(PublishingHealth.LATE);
    assertThat(PublishingHealth.status(false, Duration.ZERO)).isEqualTo(Status.DOWN);
  }
}
