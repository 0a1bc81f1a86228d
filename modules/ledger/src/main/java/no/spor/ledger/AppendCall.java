package no.spor.ledger;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One call of [Ledger#append] or [Ledger#appendAtomically] on its way. Its outcomes are the
/// appender's alone.
final class AppendCall {
  final List<PreparedDraft> drafts;
  final boolean atomic;
  final @Nullable Precondition precondition;
  final long bytes;
  final CompletableFuture<List<Outcome>> future = new CompletableFuture<>();

  private final @Nullable Outcome[] outcomes;
  private int undecided;
  private boolean finished;

  /// Drafts before this one have left the queue.
  int taken;

  AppendCall(List<PreparedDraft> drafts, boolean atomic, @Nullable Precondition precondition) {
    this.drafts = drafts;
    this.atomic = atomic;
    this.precondition = precondition;
    this.bytes = drafts.stream().mapToLong(PreparedDraft::bytes).sum();
    this.outcomes = new Outcome[drafts.size()];
    this.undecided = drafts.size();
  }

  /// One draft of a call.
  record Item(AppendCall call, int index) {
    PreparedDraft prepared() {
      return call.drafts.get(index);
    }

    boolean isUndecided() {
      return call.outcomes[index] == null && !call.isOver();
    }
  }

  void decide(int index, Outcome outcome) {
    if (outcomes[index] == null) {
      outcomes[index] = outcome;
      undecided--;
    }
  }

  /// @return whether nothing more is to be done for it
  boolean isOver() {
    return undecided == 0 || finished;
  }

  /// @return whether every draft has its outcome
  boolean isDecided() {
    return undecided == 0;
  }

  /// Gives the caller all outcomes; what depends on the future runs here.
  void complete() {
    finished = true;
    future.complete(
        Collections.unmodifiableList(
            Arrays.asList(Arrays.copyOf(outcomes, outcomes.length, Outcome[].class))));
  }

  void fail(Throwable reason) {
    finished = true;
    future.completeExceptionally(reason);
  }

  /// @return whether the caller has been answered
  boolean isFinished() {
    return finished;
  }
}
