package no.spor.cli;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Keeps a server working at a steady rate over HTTP, then reads everything back, event by event.
final class Soak {
  /// Where nobody can have a server collect.
  static final Runnable NOTHING = () -> {};

  private static final int BATCH = 100;
  private static final int SENDERS = 8;
  private static final int PEOPLE = 1_000;
  private static final int PAGE = 1_000;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final ServerAccess server;
  private final Runnable collect;
  private final ServerAccess emitter;
  private final ServerAccess auditor;
  private final String tenant = "soak-" + UUID.randomUUID().toString().substring(0, 8);
  private final long all;
  private final int rate;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong again = new AtomicLong();
  private final BitSet positions = new BitSet();
  private final long[] latencyMicros;
  private final SoakWatch watch = new SoakWatch();
  private long doubled;
  private long collected;

  /// @param server with the key of the operator's administrator
  /// @param collect has the server's JVM collect garbage, where that can be done
  Soak(ServerAccess server, Runnable collect, int rate, int seconds) {
    this.server = server;
    this.collect = collect;
    this.rate = rate;
    this.all = (long) rate * seconds / BATCH * BATCH;
    this.latencyMicros = new long[(int) (all / BATCH)];
    server.post("/v1/tenants", "{\"id\":\"%s\",\"name\":\"A soak\"}".formatted(tenant));
    emitter = server.with(key("emitter"));
    auditor = server.with(key("auditor"));
  }

  private String key(String role) {
    String body = "{\"role\":\"%s\",\"tenant\":\"%s\",\"name\":\"a soak\"}".formatted(role, tenant);
    return JsonMapper.shared().readTree(server.post("/v1/keys", body)).path("key").asString();
  }

  long all() {
    return all;
  }

  SoakWatch watch() {
    return watch;
  }

  /// Events acknowledged at a position that another one had.
  long doubled() {
    return doubled;
  }

  /// Requests that were sent once more, because the server asked for it or did not answer.
  long again() {
    return again.get();
  }

  /// @return milliseconds that the given share of requests took at most
  double latencyMillis(double share) {
    long[] sorted = latencyMicros.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1e3;
  }

  /// Sends everything, at its time.
  ///
  /// @param progress told how many were acknowledged
  /// @return events a second, from the first request to the last answer
  double send(LongConsumer progress) {
    long begun = System.nanoTime();
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        running.add(senders.submit(() -> sendSome(begun)));
      }
      while (running.stream().anyMatch(one -> !one.isDone())) {
        LockSupport.parkNanos(LOOK_NANOS);
        look();
        progress.accept(acknowledged.get());
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.said("failed.interrupted");
    } catch (java.util.concurrent.ExecutionException failed) {
      throw failed.getCause() instanceof CommandFailedException said
          ? said
          : CommandFailedException.said("failed.sender", failed.getCause());
    }
    return acknowledged.get() / ((System.nanoTime() - begun) / 1e9);
  }

  /// Each second; each tenth of the events right after a collection.
  private void look() {
    boolean collecting = acknowledged.get() >= (collected + 1) * all / 10;
    if (collecting) {
      collected++;
      collect.run();
    }
    watch.look(server.getOpen("/actuator/prometheus"));
    if (collecting && collect != NOTHING) {
      watch.collected();
    }
  }

  private void sendSome(long begun) {
    for (long number = next.getAndIncrement();
        number * BATCH < all;
        number = next.getAndIncrement()) {
      long due = begun + number * BATCH * TimeUnit.SECONDS.toNanos(1) / rate;
      for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
        LockSupport.parkNanos(early);
      }
      long sent = System.nanoTime();
      take(sendPatiently(lines(number * BATCH)));
      latencyMicros[(int) number] = (System.nanoTime() - sent) / 1_000;
    }
  }

  private static byte[] lines(long first) {
    StringBuilder lines = new StringBuilder(BATCH * 200);
    String now = Instant.now().toString();
    for (long number = first; number < first + BATCH; number++) {
      lines
          .append("{\"specversion\":\"1.0\",\"id\":\"")
          .append(number)
          .append("\",\"source\":\"/soak\",\"type\":\"login.succeeded\",\"time\":\"")
          .append(now)
          .append("\",\"data\":{\"user\":\"worker-")
          .append(number * 7919 % PEOPLE)
          .append("\",\"ip\":\"10.0.0.1\",\"app\":\"soak\"}}\n");
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// An event is recorded once, however often it is sent.
  private JsonNode sendPatiently(byte[] lines) {
    while (true) {
      try {
        HttpResponse<String> answer = emitter.postLines(lines);
        if (answer.statusCode() == 200) {
          return JsonMapper.shared().readTree(answer.body()).path("results");
        }
        if (answer.statusCode() != 429 && answer.statusCode() != 503) {
          throw ServerAccess.refused(answer);
        }
      } catch (CommandFailedException.Unreachable noAnswer) {
        // Whether it was recorded shows when it is sent again.
      }
      again.incrementAndGet();
      LockSupport.parkNanos(RETRY_NANOS);
    }
  }

  private synchronized void take(JsonNode results) {
    for (JsonNode result : results) {
      int position = result.path("position").asInt(-1);
      if (position < 0) {
        throw CommandFailedException.said("failed.rejected", result);
      }
      if (positions.get(position)) {
        doubled++;
      }
      positions.set(position);
    }
    acknowledged.addAndGet(results.size());
  }

  /// What came back.
  ///
  /// @param events how many
  /// @param missing acknowledged and not there
  /// @param twice there more than once
  /// @param first number of the first that is missing; −1 where none is
  record ReadBack(long events, long missing, long twice, long first) {}

  /// Reads the tenant's whole timeline.
  ReadBack readBack(LongConsumer progress) {
    BitSet seen = new BitSet();
    long events = 0;
    long twice = 0;
    String cursor = "null";
    do {
      JsonNode page = page(cursor);
      for (JsonNode event : page.path("events")) {
        int id = Integer.parseInt(event.path("id").asString());
        if (seen.get(id)) {
          twice++;
        }
        seen.set(id);
        events++;
      }
      progress.accept(events);
      cursor = page.path("next").isNull() ? "" : "\"" + page.path("next").asString() + "\"";
    } while (!cursor.isEmpty());
    int first = seen.nextClearBit(0);
    return new ReadBack(events, all - seen.cardinality(), twice, first < all ? first : -1);
  }

  /// The view may be behind for a moment.
  private JsonNode page(String cursor) {
    String question =
        "{\"types\":[\"login.succeeded\"],\"limit\":" + PAGE + ",\"cursor\":" + cursor + "}";
    while (true) {
      JsonNode page = JsonMapper.shared().readTree(auditor.post("/v1/timeline", question));
      if (page.path("behind").asLong() == 0 || !cursor.equals("null")) {
        return page;
      }
      LockSupport.parkNanos(RETRY_NANOS);
    }
  }
}
