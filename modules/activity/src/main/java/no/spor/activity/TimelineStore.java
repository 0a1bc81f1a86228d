package no.spor.activity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Port: keeps the timeline view, which can be thrown away and rebuilt. Passes
/// `TimelineStoreSuite`. Thread-safe; one writer.
///
/// Who can write here can hide events from a timeline or show others of the same tenant in it,
/// never their contents and never another tenant's: readers check each event against the ledger.
public interface TimelineStore extends AutoCloseable {
  /// @return every position below this one has been applied; 0 for an empty view
  long applied();

  /// @return what was given with the last [#apply] that counted; of no length for an empty view
  byte[] history();

  /// Adds entries and moves [#applied] to `applied`, in one transaction (that of the caller where
  /// one is open on the view store). Entries below the present [#applied] are passed over, so that
  /// repeating is harmless; an `applied` below the present one changes nothing.
  ///
  /// @param entries all there are of the positions from `from` on and below `applied`
  /// @param from where these begin, at most the present [#applied]
  /// @param history tells the ledger up to `applied` from any other history of it, 1 to 64 bytes
  /// @throws ViewGapException where `from` is beyond the present [#applied]: the view would claim
  ///   what it never saw. Nothing has changed then
  void apply(List<TimelineEntry> entries, long from, long applied, byte[] history);

  /// Answers from one state of the view. Where several conditions together would make it look at
  /// very many places it stops early: the page is short then and says where to go on.
  Found find(TimelineQuery query);

  /// @param places by (time, position) descending, at most the query's `limit`
  /// @param next ask for what comes `after` it; null where nothing does
  record Found(List<TimelineQuery.Place> places, TimelineQuery.@Nullable Place next) {}

  /// Removes every link from these pseudonyms to events. Durable and unrecoverable in the files
  /// when it returns. Not to be called in a transaction of the view store.
  ///
  /// @param tenant whose pseudonyms they were
  /// @return how many links were removed
  int forget(String tenant, List<byte[]> pseudonyms);

  /// Removes the links from these entries' pseudonyms to these very entries: what was a person's in
  /// them is over. In the files they are until [#reclaim]. Harmless to repeat.
  ///
  /// @return how many links were removed
  int unlink(List<TimelineEntry> entries);

  /// Makes what was unlinked unrecoverable in the files; it may take time in proportion to the
  /// view. Not to be called in a transaction of the view store.
  void reclaim();

  /// Throws the view away; [#applied] is 0 afterwards.
  void clear();

  @Override
  void close();
}
