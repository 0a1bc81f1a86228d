package no.spor.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import no.spor.ledger.AppendObserver;
import org.springframework.stereotype.Component;

/// What the appender writes. Touched once an attempt, which is up to 2048 events.
@Component
public final class AppendMeters implements AppendObserver {
  private final Timer write;
  private final DistributionSummary batch;
  private final Counter blocks;
  private final Counter records;
  private final Counter bytes;
  private final Counter conflicts;
  private final Counter refused;
  private final Counter unknown;
  private final AtomicInteger failing = new AtomicInteger();
  private final AtomicInteger stopped = new AtomicInteger();

  AppendMeters(MeterRegistry meters) {
    write =
        Timer.builder("spor.append.write")
            .description("time the store takes to write an attempt durably, fsync included")
            .serviceLevelObjectives(
                Durations.millis(0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1_000, 5_000))
            .register(meters);
    batch =
        DistributionSummary.builder("spor.append.batch.records")
            .description("records written in one attempt")
            .serviceLevelObjectives(1, 8, 32, 128, 256, 512, 1_024, 2_048)
            .register(meters);
    blocks = counter(meters, "spor.append.blocks", "blocks written");
    records = counter(meters, "spor.append.records", "records written");
    bytes =
        Counter.builder("spor.append.bytes")
            .description("bytes of the blocks written, without their heads")
            .register(meters);
    conflicts =
        counter(meters, "spor.append.conflicts", "attempts that another node was first with");
    refused = failure(meters, "nothing-written");
    unknown = failure(meters, "unknown");
    Gauge.builder("spor.append.failing", failing, AtomicInteger::get)
        .description("1 while the last attempt to write failed, else 0")
        .register(meters);
    Gauge.builder("spor.append.stopped", stopped, AtomicInteger::get)
        .description("1 once the appender takes no more: the store contradicted itself")
        .register(meters);
  }

  private static Counter counter(MeterRegistry meters, String name, String description) {
    return Counter.builder(name).description(description).register(meters);
  }

  private static Counter failure(MeterRegistry meters, String verdict) {
    return Counter.builder("spor.append.failures")
        .description("attempts that the store failed, by what is known of the outcome")
        .tag("verdict", verdict)
        .register(meters);
  }

  @Override
  public void written(int blockCount, int recordCount, long byteCount, long nanos) {
    failing.set(0);
    write.record(Duration.ofNanos(nanos));
    batch.record(recordCount);
    blocks.increment(blockCount);
    records.increment(recordCount);
    bytes.increment(byteCount);
  }

  @Override
  public void conflict() {
    conflicts.increment();
  }

  @Override
  public void failed(boolean outcomeUnknown) {
    failing.set(1);
    (outcomeUnknown ? unknown : refused).increment();
  }

  @Override
  public void stopped() {
    stopped.set(1);
  }
}
