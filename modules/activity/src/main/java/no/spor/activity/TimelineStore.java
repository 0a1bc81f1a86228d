package no.spor.activity;

import java.util.List;

/// Port: keeps the timeline view, which can be thrown away and rebuilt. Passes
/// `TimelineStoreSuite`. Thread-safe; one writer.
public interface TimelineStore extends AutoCloseable {
  /// @return every position below this one has been applied; 0 for an empty view
  long applied();

  /// Adds entries and moves [#applied] to `applied`, in one transaction (that of the caller where
  /// one is open on the view store). Entries below the present [#applied] are passed over, so that
  /// repeating is harmless.
  void apply(List<TimelineEntry> entries, long applied);

  /// @return places by (time, position) descending, at most `limit`
  List<TimelineQuery.Place> find(TimelineQuery query);

  /// Removes every link from these pseudonyms to events. Durable and unrecoverable in the files
  /// when it returns.
  ///
  /// @return how many links were removed
  int forget(List<byte[]> pseudonyms);

  /// Throws the view away; [#applied] is 0 afterwards.
  void clear();

  @Override
  void close();
}
