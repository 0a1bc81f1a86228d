package no.spor.rights;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Work that comes up from time to time, on a thread of its own: one pass after the other, with the
/// pause between them that the pass itself asks for. Thread-safe.
final class RecurringWork implements AutoCloseable {
  private final Supplier<Duration> pass;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean woken;
  private volatile boolean closing;

  /// @param pass does what there is to do and answers how long nothing will be; throws nothing, and
  ///   ends early where [#isClosing] says so
  RecurringWork(String name, Supplier<Duration> pass) {
    this.pass = pass;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    Duration pause = Duration.ZERO;
    while (pause(pause)) {
      pause = pass.get();
    }
  }

  /// @return whether to go on
  private boolean pause(Duration duration) {
    lock.lock();
    try {
      long nanosLeft = TimeUnit.MILLISECONDS.toNanos(duration.toMillis());
      while (!closing && !woken && nanosLeft > 0) {
        nanosLeft = changed.awaitNanos(nanosLeft);
      }
      woken = false;
      return !closing;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the pause, or lets none follow the pass that is under way.
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosing() {
    return closing;
  }

  /// Waits for a pass that is under way; there is none after it.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
