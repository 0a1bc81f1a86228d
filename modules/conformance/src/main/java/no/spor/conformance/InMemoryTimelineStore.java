package no.spor.conformance;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;
import no.spor.activity.TimelineStore;
import no.spor.activity.ViewGapException;

/// A [TimelineStore] in memory, for tests. Has no transactions: each write stands. Loses everything
/// with the process.
public class InMemoryTimelineStore implements TimelineStore {
  private static final String OWN_SOURCE = "/spor";

  private final TreeMap<Place, Kept> entries =
      new TreeMap<>(Comparator.comparing(Place::time).thenComparing(Place::position).reversed());
  private long applied;
  private byte[] history = {};

  private record Kept(TimelineEntry entry, Set<ByteBuffer> pseudonyms) {}

  @Override
  public synchronized long applied() {
    return applied;
  }

  @Override
  public synchronized byte[] history() {
    return history.clone();
  }

  @Override
  public synchronized void apply(List<TimelineEntry> added, long from, long upTo, byte[] ofUpTo) {
    ViewGapException.check(applied, from);
    for (TimelineEntry entry : added) {
      if (entry.position() >= applied && entry.position() < upTo) {
        entries.put(
            new Place(entry.time(), entry.position()),
            new Kept(entry, new HashSet<>(wrapped(entry.pseudonyms()))));
      }
    }
    if (upTo > applied) {
      applied = upTo;
      history = ofUpTo.clone();
    }
  }

  @Override
  public synchronized Found find(TimelineQuery query) {
    List<Place> found = new ArrayList<>();
    Place after = query.after();
    for (var entry : (after == null ? entries : entries.tailMap(after, false)).entrySet()) {
      if (matches(query, entry.getValue())) {
        if (found.size() == query.limit()) {
          return new Found(found, found.getLast());
        }
        found.add(entry.getKey());
      }
    }
    return new Found(found, null);
  }

  /// @return whether the entry answers the query, wherever its page begins
  protected boolean matches(TimelineQuery query, TimelineEntry entry) {
    return entry.tenant().equals(query.tenant())
        && (query.types().isEmpty()
            ? !entry.source().equals(OWN_SOURCE)
            : query.types().contains(entry.type()))
        && (query.from() == null || !entry.time().isBefore(query.from()))
        && (query.to() == null || entry.time().isBefore(query.to()))
        && entry.facets().entrySet().containsAll(query.facets().entrySet());
  }

  private boolean matches(TimelineQuery query, Kept kept) {
    return matches(query, kept.entry)
        && (query.pseudonyms() == null
            || wrapped(query.pseudonyms()).stream().anyMatch(kept.pseudonyms::contains));
  }

  @Override
  public synchronized int forget(String tenant, List<byte[]> pseudonyms) {
    int removed = 0;
    for (Kept kept : entries.values()) {
      if (kept.entry.tenant().equals(tenant)) {
        int before = kept.pseudonyms.size();
        wrapped(pseudonyms).forEach(kept.pseudonyms::remove);
        removed += before - kept.pseudonyms.size();
      }
    }
    return removed;
  }

  @Override
  public synchronized int unlink(List<TimelineEntry> over) {
    int removed = 0;
    for (TimelineEntry entry : over) {
      Kept kept = entries.get(new Place(entry.time(), entry.position()));
      if (kept != null && kept.entry.tenant().equals(entry.tenant())) {
        int before = kept.pseudonyms.size();
        wrapped(entry.pseudonyms()).forEach(kept.pseudonyms::remove);
        removed += before - kept.pseudonyms.size();
      }
    }
    return removed;
  }

  @Override
  public void reclaim() {
    // what is removed from memory is nowhere
  }

  @Override
  public synchronized void clear() {
    entries.clear();
    applied = 0;
    history = new byte[0];
  }

  @Override
  public void close() {
    // nothing is held
  }

  private static Set<ByteBuffer> wrapped(List<byte[]> pseudonyms) {
    return pseudonyms.stream().map(ByteBuffer::wrap).collect(Collectors.toSet());
  }
}
