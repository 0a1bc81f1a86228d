package no.spor.ledger.axon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CoordinatorExecutorTest {
  private volatile boolean backlog;

  private long delayOf(CoordinatorExecutor executor, long millis) {
    return executor
        .schedule(() -> {}, millis, TimeUnit.MILLISECONDS)
        .getDelay(TimeUnit.MILLISECONDS);
  }

  @Test
  void waitsAreCutWhileThereIsABacklogButNotThoseAfterFailures() {
    try (var executor = new CoordinatorExecutor("view", 250, () -> backlog)) {
      backlog = true;
      assertThat(delayOf(executor, 100)).isLessThanOrEqualTo(2);
      assertThat(delayOf(executor, 250)).isLessThanOrEqualTo(2);
      assertThat(delayOf(executor, 500)).isGreaterThan(400);
      assertThat(delayOf(executor, 0)).isLessThanOrEqualTo(0);
      backlog = false;
      assertThat(delayOf(executor, 100)).isGreaterThan(50);
      executor.shutdownNow();
      executor.schedule(() -> {}, 0, TimeUnit.MILLISECONDS); // late, and no failure
    }
  }
}
