package no.spor.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.ToDoubleFunction;
import no.spor.ledger.Ledger;
import no.spor.ledger.Ledger.Waiting;
import no.spor.ledger.axon.ProcessorStatus;
import no.spor.server.Node;
import no.spor.server.PublicLedger;
import no.spor.vault.VaultCondition;
import org.springframework.stereotype.Component;

/// What is asked of the rooms whenever somebody looks: sizes, lags, states. No label carries a
/// person or a tenant.
@Component
final class RoomMeters implements MeterBinder {
  private final Node node;
  private final InstantSource clock = InstantSource.system();
  private final KeysCondition condition;

  RoomMeters(Node node, KeysCondition condition) {
    this.node = node;
    this.condition = condition;
  }

  @Override
  public synchronized void bindTo(MeterRegistry meters) {
    ledger(meters);
    for (ProcessorStatus processor : node.processors()) {
      projection(meters, processor.name());
    }
    keys(meters);
  }

  private void ledger(MeterRegistry meters) {
    Ledger ledger = node.ledger();
    Gauge.builder("spor.ledger.events", ledger, Ledger::size)
        .description("events in the ledger")
        .register(meters);
    Gauge.builder("spor.ledger.writer.epoch", ledger, Ledger::writersEpoch)
        .description("above 0 on the node that prefers to write, where several share MongoDB")
        .register(meters);
    PublicLedger published = node.publicLedger();
    Gauge.builder("spor.ledger.published.events", published, PublicLedger::size)
        .description("events under a signed checkpoint")
        .register(meters);
    Gauge.builder("spor.ledger.publishing", published, one -> one.isPublishing() ? 1 : 0)
        .description("1 while checkpoints are published; 0 once the ledger was found inconsistent")
        .register(meters);
    waiting(meters, "spor.append.queue.events", "events that wait or are written", Waiting::drafts);
    waiting(
        meters,
        "spor.append.queue.limit.events",
        "events the queue can hold; more get 429",
        Waiting::mostDrafts);
    waiting(meters, "spor.append.queue.bytes", "bytes that wait or are written", Waiting::bytes);
    waiting(
        meters,
        "spor.append.queue.limit.bytes",
        "bytes the queue can hold; more get 429",
        Waiting::mostBytes);
  }

  private void waiting(
      MeterRegistry meters, String name, String description, ToDoubleFunction<Waiting> figure) {
    Gauge.builder(name, node.ledger(), ledger -> figure.applyAsDouble(ledger.waiting()))
        .description(description)
        .register(meters);
  }

  private void projection(MeterRegistry meters, String name) {
    status(
        meters, name, "lag.events", "events appended, not yet in the view", ProcessorStatus::lag);
    status(
        meters, name, "lag.seconds", "age of the oldest of them; 0 where none", this::lagSeconds);
    status(meters, name, "running", "1 while it runs", status -> status.running() ? 1 : 0);
    status(
        meters,
        name,
        "failing",
        "1 while its last batch failed; nothing is skipped, it tries again",
        status -> status.failure() == null ? 0 : 1);
  }

  private void status(
      MeterRegistry meters,
      String projection,
      String name,
      String description,
      ToDoubleFunction<ProcessorStatus> figure) {
    Gauge.builder(
            "spor.projection." + name,
            node,
            observed -> figure.applyAsDouble(observed.processor(projection)))
        .description(description)
        .tag("projection", projection)
        .register(meters);
  }

  private double lagSeconds(ProcessorStatus status) {
    if (status.lag() == 0) {
      return 0;
    }
    return node.ledger()
        .read(status.position())
        .map(oldest -> Math.max(0, clock.millis() - oldest.recordedAtMillis()) / 1000.0)
        .orElse(0.0);
  }

  private void keys(MeterRegistry meters) {
    condition(
        meters,
        "spor.keys.ready",
        "1 while keys can be used; 0 where the key store is behind, another, or unreachable",
        condition -> condition.ready() ? 1 : 0);
    condition(
        meters,
        "spor.keys.epoch.age.seconds",
        "since the epoch was opened that wraps keys now",
        condition ->
            condition.epochBegan() == null
                ? Double.NaN
                : Duration.between(condition.epochBegan(), clock.instant()).toMillis() / 1000.0);
    counter(meters, "spor.keys.sealed.parts", "parts sealed", VaultCondition::sealedParts);
    counter(meters, "spor.keys.opened.parts", "parts tried to open", VaultCondition::openedParts);
    for (String cache : condition().caches().keySet()) {
      cache(meters, cache);
    }
  }

  private void cache(MeterRegistry meters, String cache) {
    Gauge.builder("spor.keys.cache.entries", node, observed -> fill(condition(), cache).entries())
        .description("what is in memory")
        .tag("cache", cache)
        .register(meters);
    Gauge.builder(
            "spor.keys.cache.limit.entries", node, observed -> fill(condition(), cache).capacity())
        .description("what may be in memory")
        .tag("cache", cache)
        .register(meters);
    FunctionCounter.builder(
            "spor.keys.cache.misses", node, observed -> fill(condition(), cache).misses())
        .description("what was asked for and was not in memory")
        .tag("cache", cache)
        .register(meters);
  }

  private VaultCondition condition() {
    return condition.now();
  }

  private static VaultCondition.CacheFill fill(VaultCondition condition, String cache) {
    VaultCondition.CacheFill fill = condition.caches().get(cache);
    return fill == null ? new VaultCondition.CacheFill(0, 0, 0) : fill;
  }

  private void condition(
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<VaultCondition> figure) {
    Gauge.builder(name, node, observed -> figure.applyAsDouble(condition()))
        .description(description)
        .register(meters);
  }

  private void counter(
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<VaultCondition> figure) {
    FunctionCounter.builder(name, node, observed -> figure.applyAsDouble(condition()))
        .description(description)
        .register(meters);
  }
}
