package no.spor.ledger.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import org.jspecify.annotations.Nullable;

/// Everything that was published, for good. Can fail to publish, as a crash would.
public final class CheckpointsForTest implements CheckpointStore {
  private final List<Published> published = new ArrayList<>();
  private final Map<String, Published> cosigned = new ConcurrentHashMap<>();
  private final List<String> statements = new ArrayList<>();
  boolean crashesBeforePublishing;

  @Override
  public Optional<Published> newest() {
    return published.isEmpty() ? Optional.empty() : Optional.of(published.getLast());
  }

  @Override
  public boolean publish(@Nullable Checkpoint previous, Published next) {
    if (crashesBeforePublishing) {
      throw new IllegalStateException("crashed");
    }
    Checkpoint newest = newest().map(Published::checkpoint).orElse(null);
    if (newest == null ? previous != null : !newest.equals(previous)) {
      return false;
    }
    return published.add(next);
  }

  @Override
  public List<Published> history(String origin, long fromSize, int max) {
    return List.copyOf(published);
  }

  @Override
  public Optional<Published> atMost(String origin, long size) {
    return published.reversed().stream().filter(one -> one.checkpoint().size() <= size).findFirst();
  }

  @Override
  public Optional<Published> cosigned(String origin) {
    return Optional.ofNullable(cosigned.get(origin));
  }

  @Override
  public void keepCosigned(Published one) {
    cosigned.put(one.checkpoint().origin(), one);
  }

  @Override
  public List<String> keyStatements() {
    return List.copyOf(statements);
  }

  @Override
  public boolean addKeyStatement(int index, String note) {
    return index == statements.size() && statements.add(note);
  }

  @Override
  public void close() {}
}
