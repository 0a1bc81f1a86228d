package no.spor.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import org.jspecify.annotations.Nullable;

/// A [CheckpointStore] in memory: the model that other stores are compared with. Faults: put a
/// [FaultyCheckpointStore] in front of it.
public class InMemoryCheckpointStore implements CheckpointStore {
  private final List<Published> published = new ArrayList<>();
  private final Map<String, Published> cosigned = new HashMap<>();
  private final List<String> statements = new ArrayList<>();

  @Override
  public synchronized Optional<Published> newest() {
    return published.isEmpty() ? Optional.empty() : Optional.of(published.getLast());
  }

  @Override
  public synchronized boolean publish(@Nullable Checkpoint previous, Published next) {
    next.checkpoint().requireContinues(previous);
    var newest = newest().orElse(null);
    if (newest == null ? previous != null : !newest.checkpoint().equals(previous)) {
      return false;
    }
    if (newest != null
        && newest.checkpoint().origin().equals(next.checkpoint().origin())
        && hour(newest) == hour(next)) {
      published.removeLast();
    }
    return published.add(next);
  }

  private static long hour(Published one) {
    return Math.floorDiv(one.atMillis(), TimeUnit.HOURS.toMillis(1));
  }

  @Override
  public synchronized List<Published> history(String origin, long fromSize, int max) {
    return published.stream()
        .filter(one -> isOf(one, origin) && one.checkpoint().size() >= fromSize)
        .limit(max)
        .toList();
  }

  @Override
  public synchronized Optional<Published> atMost(String origin, long size) {
    return published.stream()
        .filter(one -> isOf(one, origin) && one.checkpoint().size() <= size)
        .max(Comparator.comparingLong(one -> one.checkpoint().size()));
  }

  private static boolean isOf(Published one, String origin) {
    return one.checkpoint().origin().equals(origin);
  }

  @Override
  public synchronized Optional<Published> cosigned(String origin) {
    return Optional.ofNullable(cosigned.get(origin));
  }

  @Override
  public synchronized void keepCosigned(Published one) {
    cosigned.merge(
        one.checkpoint().origin(),
        one,
        (kept, next) -> next.checkpoint().size() >= kept.checkpoint().size() ? next : kept);
  }

  @Override
  public synchronized List<String> keyStatements() {
    return List.copyOf(statements);
  }

  @Override
  public synchronized boolean addKeyStatement(int index, String note) {
    return index == statements.size() && statements.add(note);
  }

  @Override
  public void close() {
    // Stays readable, so that a test can open it again.
  }
}
