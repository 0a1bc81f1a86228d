package no.spor.benchmark;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Processes that this one started. They end with it, also where it is told to end.
final class Started {
  private static final int SECONDS_TO_END = 30;
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
  private static volatile boolean ending;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Started::endAll, "end-started"));
  }

  private Started() {}

  /// @return whether nothing is to be begun any more
  static boolean ending() {
    return ending;
  }

  static Process start(ProcessBuilder builder) throws IOException {
    if (ending) {
      throw new IOException("this process is ending");
    }
    var process = builder.start();
    RUNNING.add(process);
    process.onExit().thenRun(() -> RUNNING.remove(process));
    return process;
  }

  /// Asks all to end, which they do with what they started, and waits.
  static void endAll() {
    ending = true;
    RUNNING.forEach(Process::destroy);
    for (var process : RUNNING) {
      try {
        if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Ends this process once the one that started it is gone, however that went.
  static void endWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(3)));
  }
}
