package no.spor.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import no.spor.recording.Recorder.Result;
import no.spor.recording.Recorder.Submission;
import no.spor.server.Node;
import no.spor.server.NodeOptions;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;

/// Spor in this process, on a directory of its own.
final class SporNode implements AutoCloseable {
  static final String TENANT = "gowalla";
  static final Access OFFICER = new Access("bench", AccessRole.OFFICER, TENANT);
  private static final Access EMITTER = new Access("bench", AccessRole.EMITTER, TENANT);

  private final Node node;

  SporNode(Path data) {
    node = Node.open(NodeOptions.importing(data, null), InstantSource.system());
    if (node.tenancy().tenant(TENANT).isEmpty()) {
      node.tenancy().createTenant(TENANT, TENANT);
    }
  }

  Node node() {
    return node;
  }

  /// Records all batches from several threads; returns when the last is acknowledged.
  void record(List<byte[]> batches, int threads) throws InterruptedException, ExecutionException {
    var next = new AtomicInteger();
    try (var workers = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        running.add(
            workers.submit(() -> {
              for (int i = next.getAndIncrement(); i < batches.size(); i = next.getAndIncrement()) {
                one(batches.get(i));
              }
            }));
      }
      for (var one : running) {
        one.get();
      }
    }
  }

  /// Records one batch; returns when it is acknowledged.
  void one(byte[] lines) {
    for (var result : node.recorder().record(EMITTER, new Submission.Lines(lines), false)) {
      if (!(result instanceof Result.Recorded recorded)
          || recorded.duplicate()
          || recorded.expired()) {
        throw new IllegalStateException("not recorded: " + result);
      }
    }
  }

  /// Returns when the timeline shows everything that was recorded.
  void awaitTimeline() {
    if (!node.timeline().awaitPosition(node.ledger().size() - 1, Duration.ofMinutes(30))) {
      throw new IllegalStateException("the timeline did not catch up");
    }
  }

  @Override
  public void close() {
    node.close();
  }

  static long bytesOf(Path file) throws IOException {
    return java.nio.file.Files.exists(file) ? java.nio.file.Files.size(file) : 0;
  }
}
