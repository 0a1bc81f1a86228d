package no.spor.ledger.axon;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.jspecify.annotations.Nullable;

/// Sends commands. When a command returns, its events are durable.
///
/// Two commands that decide on the same events cannot both get through: the later one is decided
/// anew, on what stands now, a bounded number of times. Thread-safe.
public final class Commands {
  private static final long LONGEST_WAIT_MILLIS = 16;

  private final CommandGateway gateway;
  private final int attempts;

  Commands(CommandGateway gateway, int attempts) {
    this.gateway = gateway;
    this.attempts = attempts;
  }

  /// Sends a command and waits for what its handler returns.
  ///
  /// @throws CommandConflictException where others were faster at every attempt; nothing was
  ///   written
  /// @throws RuntimeException what the handler threw; nothing was written
  public <R> @Nullable R send(Object command, Class<R> result) {
    try {
      return sendAsync(command, result).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /// Sends a command and waits until it is done.
  public void send(Object command) {
    send(command, Object.class);
  }

  public <R> CompletableFuture<@Nullable R> sendAsync(Object command, Class<R> result) {
    return attempt(command, result, 1);
  }

  @SuppressWarnings("NullAway") // Axon does not say that a handler may return nothing
  private <R> CompletableFuture<@Nullable R> attempt(Object command, Class<R> result, int number) {
    CompletableFuture<@Nullable R> sent = gateway.send(command, result);
    return sent.exceptionallyCompose(failure -> {
      if (!conflict(failure)) {
        return CompletableFuture.failedFuture(unwrapped(failure));
      }
      if (number == attempts) {
        return CompletableFuture.failedFuture(new CommandConflictException(attempts));
      }
      return CompletableFuture.supplyAsync(() -> number, after(number))
          .thenCompose(_ -> attempt(command, result, number + 1));
    });
  }

  private static Executor after(int attempt) {
    long millis = Math.min(LONGEST_WAIT_MILLIS, attempt);
    return CompletableFuture.delayedExecutor(
        Duration.ofMillis(millis).toNanos(), TimeUnit.NANOSECONDS, Thread::startVirtualThread);
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static boolean conflict(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof AppendEventsTransactionRejectedException) {
        return true;
      }
    }
    return false;
  }
}
