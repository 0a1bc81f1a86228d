package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.spor.activity.TimelineEntry;
import no.spor.activity.ViewGapException;
import no.spor.storage.sqlite.PlaceStream.Spot;
import no.spor.storage.sqlite.TimelineTerms.Term;
import org.jspecify.annotations.Nullable;

/// Writes the timeline. Used by one thread at a time, within the file's only write transaction.
final class TimelineWriter {
  static final String OWN_SOURCE = "/spor";

  private static final int REMEMBERED_TYPES = 10_000;

  private final RunMerging merging;
  private final Map<TypeKey, Term> types = new HashMap<>();
  private final Map<String, Term> tenants = new HashMap<>();
  private @Nullable TimelineTerms terms;

  private record TypeKey(String tenant, boolean own, String name) {}

  TimelineWriter(TimelineRuns runs) {
    this.merging = new RunMerging(runs);
  }

  void apply(
      SqliteSession session, List<TimelineEntry> entries, long from, long applied, byte[] history)
      throws SQLException {
    long before = session.number("select applied from timeline");
    ViewGapException.check(before, from);
    if (applied <= before) {
      return;
    }
    var lists = new HashMap<Term, PostingList>();
    for (var entry : entries) {
      if (entry.position() >= applied) {
        throw new IllegalArgumentException("an entry beyond what is said to be applied");
      }
      if (entry.position() >= before) {
        post(entry, terms(session), lists);
      }
    }
    if (!lists.isEmpty()) {
      merging.add(session, lists);
    }
    session.update("update timeline set applied = ?, history = ?", applied, history);
  }

  private void post(TimelineEntry entry, TimelineTerms known, Map<Term, PostingList> lists) {
    boolean own = entry.source().equals(OWN_SOURCE);
    var tenant = entry.tenant();
    long time = Spot.nanos(entry.time());
    long position = entry.position();
    post(type(known, tenant, own, entry.type()), time, position, lists);
    if (!own) {
      post(tenant(known, tenant), time, position, lists);
    }
    for (var pseudonym : entry.pseudonyms()) {
      post(known.person(tenant, own, pseudonym), time, position, lists);
    }
    for (var facet : entry.facets().entrySet()) {
      post(known.facet(tenant, own, facet.getKey(), facet.getValue()), time, position, lists);
    }
  }

  private static void post(Term term, long time, long position, Map<Term, PostingList> lists) {
    lists.computeIfAbsent(term, _ -> new PostingList()).add(time, position);
  }

  private Term type(TimelineTerms known, String tenant, boolean own, String name) {
    var key = new TypeKey(tenant, own, name);
    var term = types.get(key);
    if (term == null) {
      if (types.size() >= REMEMBERED_TYPES) {
        types.clear();
      }
      term = known.type(tenant, own, name);
      types.put(key, term);
    }
    return term;
  }

  private Term tenant(TimelineTerms known, String tenant) {
    var term = tenants.get(tenant);
    if (term == null) {
      if (tenants.size() >= REMEMBERED_TYPES) {
        tenants.clear();
      }
      term = known.all(tenant);
      tenants.put(tenant, term);
    }
    return term;
  }

  private TimelineTerms terms(SqliteSession session) throws SQLException {
    var known = terms;
    if (known == null) {
      known = new TimelineTerms(SqliteTimelineStore.salt(session));
      terms = known;
    }
    return known;
  }

  int forget(SqliteSession session, String tenant, List<byte[]> pseudonyms) throws SQLException {
    var removal = new RunRemoval();
    for (var pseudonym : pseudonyms) {
      removal.all(terms(session).person(tenant, false, pseudonym));
      removal.all(terms(session).person(tenant, true, pseudonym));
    }
    return remove(session, removal);
  }

  int unlink(SqliteSession session, List<TimelineEntry> entries) throws SQLException {
    var removal = new RunRemoval();
    for (var entry : entries) {
      boolean own = entry.source().equals(OWN_SOURCE);
      for (var pseudonym : entry.pseudonyms()) {
        removal.place(
            terms(session).person(entry.tenant(), own, pseudonym),
            Spot.at(entry.time(), entry.position()));
      }
    }
    return remove(session, removal);
  }

  /// What is being merged stands twice: the unfinished copy goes first.
  private int remove(SqliteSession session, RunRemoval removal) throws SQLException {
    merging.abandon(session);
    int removed = 0;
    for (var run : TimelineRuns.inState(session, TimelineRuns.LIVE)) {
      removed += removal.from(session, run);
    }
    return removed;
  }

  void clear(SqliteSession session) throws SQLException {
    forgetLearned();
    session.update("delete from run");
    session.update("delete from page");
    session.update("update timeline set applied = 0, history = x'', salt = randomblob(16)");
  }

  /// What is remembered may be of a transaction that was undone.
  void forgetLearned() {
    types.clear();
    tenants.clear();
    terms = null;
    merging.forgetLearned();
  }
}
