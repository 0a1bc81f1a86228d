package no.spor.tenancy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A registry store that ends with the process: the registry is then rebuilt at each start.
public final class InMemoryRegistryStore implements RegistryStore {
  private record Key(String kind, String id) {}

  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private @Nullable Mark mark;

  @Override
  public synchronized Optional<Mark> mark() {
    return Optional.ofNullable(mark);
  }

  @Override
  public synchronized List<Entry> entries() {
    return new ArrayList<>(entries.values());
  }

  @Override
  public synchronized void save(List<Entry> changed, Mark mark) {
    changed.forEach(entry -> entries.put(new Key(entry.kind(), entry.id()), entry));
    this.mark = mark;
  }

  @Override
  public synchronized void clear() {
    entries.clear();
    mark = null;
  }

  @Override
  public void close() {
    // Nothing to give back; stays readable, so that a test can open it again.
  }
}
