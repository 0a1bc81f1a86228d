package no.spor.ledger.axon;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Runs one processor's coordinator. Axon waits a fixed 100 ms when the buffer is full, and up to
/// its claim interval when it becomes free at the wrong moment; while there is a backlog such waits
/// are cut to 2 ms. The longer waits after failures stay.
final class CoordinatorExecutor extends ScheduledThreadPoolExecutor {
  private static final long BACKLOG_MILLIS = 2;

  private final long longestMillis;
  private final BooleanSupplier backlog;

  CoordinatorExecutor(String processor, long longestMillis, BooleanSupplier backlog) {
    super(1, Thread.ofPlatform().daemon().name("coordinator-" + processor).factory());
    setRejectedExecutionHandler(new DiscardPolicy()); // a late wake-up of a stopped processor
    this.longestMillis = longestMillis;
    this.backlog = backlog;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    long millis = unit.toMillis(delay);
    boolean cut = millis > BACKLOG_MILLIS && millis <= longestMillis && backlog.getAsBoolean();
    return super.schedule(task, cut ? BACKLOG_MILLIS : millis, TimeUnit.MILLISECONDS);
  }
}
