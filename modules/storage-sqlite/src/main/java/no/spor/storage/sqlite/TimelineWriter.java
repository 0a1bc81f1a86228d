package no.spor.storage.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import no.spor.activity.TimelineEntry;
import no.spor.storage.sqlite.TimelineTerms.Term;

/// Writes the timeline's tables, in order of their keys. Used by one thread at a time, within the
/// file's only write transaction.
final class TimelineWriter {
  static final String OWN_SOURCE = "/spor";

  private static final int MOST_LISTED_TYPES = 128;
  private static final int REMEMBERED_TERMS = 100_000;
  private static final String INSERT = "insert into posting values (?, ?, ?, ?)";

  /// A statement costs about as much as a row does.
  private static final int MANY = 64;

  private static final String INSERT_MANY = INSERT + ", (?, ?, ?, ?)".repeat(MANY - 1);

  private final TimelineTerms terms = new TimelineTerms();
  private final Map<TypeKey, Type> types = new HashMap<>();
  private final Map<Term, Long> ids =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Term, Long> eldest) {
          return size() > REMEMBERED_TERMS;
        }
      };
  private long newest;

  private record TypeKey(String tenant, boolean own, String name) {}

  private record Type(long term, boolean listed) {}

  private record Posting(long term, long seconds, int nanos, long position)
      implements Comparable<Posting> {
    @Override
    public int compareTo(Posting other) {
      int by = Long.compare(term, other.term);
      if (by == 0) {
        by = Long.compare(seconds, other.seconds);
      }
      if (by == 0) {
        by = Integer.compare(nanos, other.nanos);
      }
      return by != 0 ? by : Long.compare(position, other.position);
    }
  }

  void apply(SqliteSession session, List<TimelineEntry> entries, long applied, byte[] history)
      throws SQLException {
    long before = session.number("select applied from timeline");
    if (applied <= before) {
      return;
    }
    newest = session.number("select terms from timeline");
    var postings = new ArrayList<Posting>(entries.size() * 4);
    for (var entry : entries) {
      if (entry.position() >= applied) {
        throw new IllegalArgumentException("an entry beyond what is said to be applied");
      }
      if (entry.position() >= before) {
        post(session, entry, postings);
      }
    }
    postings.sort(null);
    insert(session, postings);
    session.update(
        "update timeline set applied = ?, history = ?, terms = ?", applied, history, newest);
  }

  private void post(SqliteSession session, TimelineEntry entry, List<Posting> postings)
      throws SQLException {
    boolean own = entry.source().equals(OWN_SOURCE);
    var tenant = entry.tenant();
    long seconds = entry.time().getEpochSecond();
    int nanos = entry.time().getNano();
    var type = type(session, new TypeKey(tenant, own, entry.type()));
    postings.add(new Posting(type.term, seconds, nanos, entry.position()));
    if (!own && !type.listed) {
      long others = id(session, terms.others(tenant));
      postings.add(new Posting(others, seconds, nanos, entry.position()));
    }
    for (var pseudonym : entry.pseudonyms()) {
      long person = id(session, terms.person(tenant, own, pseudonym));
      postings.add(new Posting(person, seconds, nanos, entry.position()));
    }
    for (var facet : entry.facets().entrySet()) {
      long value = id(session, terms.facet(tenant, own, facet.getKey(), facet.getValue()));
      postings.add(new Posting(value, seconds, nanos, entry.position()));
    }
  }

  private static void insert(SqliteSession session, List<Posting> postings) throws SQLException {
    int at = 0;
    var many = session.prepare(INSERT_MANY);
    for (; at + MANY <= postings.size(); at += MANY) {
      for (int i = 0; i < MANY; i++) {
        bind(many, i * 4, postings.get(at + i));
      }
      many.executeUpdate();
    }
    var one = session.prepare(INSERT);
    for (; at < postings.size(); at++) {
      bind(one, 0, postings.get(at));
      one.executeUpdate();
    }
  }

  private static void bind(PreparedStatement insert, int before, Posting posting)
      throws SQLException {
    insert.setLong(before + 1, posting.term);
    insert.setLong(before + 2, posting.seconds);
    insert.setInt(before + 3, posting.nanos);
    insert.setLong(before + 4, posting.position);
  }

  private Type type(SqliteSession session, TypeKey key) throws SQLException {
    var known = types.get(key);
    if (known != null) {
      return known;
    }
    int own = key.own ? 1 : 0;
    var found =
        session
            .first(
                "select term, listed from type where tenant = ? and own = ? and name = ?",
                row -> new Type(row.getLong(1), row.getBoolean(2)),
                key.tenant,
                own,
                key.name)
            .orElse(null);
    if (found == null) {
      long listed =
          session.number(
              "select count(*) from type where tenant = ? and own = 0 and listed = 1", key.tenant);
      found =
          new Type(
              id(session, terms.type(key.tenant, key.own, key.name)),
              !key.own && listed < MOST_LISTED_TYPES);
      session.update(
          "insert into type values (?, ?, ?, ?, ?)",
          key.tenant,
          own,
          key.name,
          found.term,
          found.listed ? 1 : 0);
    }
    if (types.size() >= REMEMBERED_TERMS) {
      types.clear();
    }
    types.put(key, found);
    return found;
  }

  private long id(SqliteSession session, Term term) throws SQLException {
    var known = ids.get(term);
    if (known != null) {
      return known;
    }
    var hash = term.bytes();
    long id = session.number("select id from term where hash = ?", hash);
    if (id == 0) {
      newest++;
      id = newest;
      session.update("insert into term values (?, ?)", hash, id);
    }
    ids.put(term, id);
    return id;
  }

  int forget(SqliteSession session, String tenant, List<byte[]> pseudonyms) throws SQLException {
    int removed = 0;
    for (var pseudonym : pseudonyms) {
      for (boolean own : new boolean[] {false, true}) {
        var term = terms.person(tenant, own, pseudonym);
        var hash = term.bytes();
        long id = session.number("select id from term where hash = ?", hash);
        removed += session.update("delete from posting where term = ?", id);
        session.update("delete from term where hash = ?", hash);
        ids.remove(term);
      }
    }
    return removed;
  }

  int unlink(SqliteSession session, List<TimelineEntry> entries) throws SQLException {
    int removed = 0;
    for (var entry : entries) {
      boolean own = entry.source().equals(OWN_SOURCE);
      for (var pseudonym : entry.pseudonyms()) {
        var term = terms.person(entry.tenant(), own, pseudonym);
        var hash = term.bytes();
        long id = session.number("select id from term where hash = ?", hash);
        removed +=
            session.update(
                "delete from posting where term = ? and seconds = ? and nanos = ? and position = ?",
                id,
                entry.time().getEpochSecond(),
                entry.time().getNano(),
                entry.position());
        if (session.list("select 1 from posting where term = ? limit 1", row -> 1, id).isEmpty()) {
          session.update("delete from term where hash = ?", hash);
          ids.remove(term);
        }
      }
    }
    return removed;
  }

  void clear(SqliteSession session) throws SQLException {
    forgetLearned();
    session.update("delete from posting");
    session.update("delete from term");
    session.update("delete from type");
    session.update("update timeline set applied = 0, history = x'', terms = 0");
  }

  /// What is remembered may be of a transaction that was undone.
  void forgetLearned() {
    types.clear();
    ids.clear();
  }
}
