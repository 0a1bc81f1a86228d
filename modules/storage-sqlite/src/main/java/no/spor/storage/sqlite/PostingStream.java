package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The postings of one term, read in runs: long ones where they are used one after the other, short
/// ones where most are jumped over.
final class PostingStream implements PlaceStream {
  static final String SELECT =
      """
      select seconds, nanos, position from posting
      where term = ? and (seconds, nanos, position) < (?, ?, ?)
      order by seconds desc, nanos desc, position desc limit ?
      """;

  private static final int SHORTEST = 8;
  private static final int LONGEST = 512;

  private final SqliteSession session;
  private final long term;
  private final Allowance allowance;
  private List<Spot> run = List.of();
  private int at;
  private int length;
  private boolean last;

  /// @param first how many places are expected to be used
  PostingStream(SqliteSession session, long term, int first, Allowance allowance) {
    this.session = session;
    this.term = term;
    this.length = Math.clamp(first, SHORTEST, LONGEST);
    this.allowance = allowance;
  }

  @Override
  public @Nullable Spot before(Spot bound) throws SQLException {
    if (!run.isEmpty() && run.getLast().compareTo(bound) >= 0) {
      boolean jumped = at < run.size() - 2;
      length = jumped ? Math.max(SHORTEST, length / 2) : Math.min(LONGEST, length * 2);
      at = run.size();
    }
    while (at < run.size() && run.get(at).compareTo(bound) >= 0) {
      at++;
    }
    if (at == run.size() && !last) {
      run =
          session.list(
              SELECT,
              row -> new Spot(row.getLong(1), row.getInt(2), row.getLong(3)),
              term,
              bound.seconds(),
              bound.nanos(),
              bound.position(),
              length);
      at = 0;
      last = run.size() < length;
      allowance.take(run.size());
    }
    return at < run.size() ? run.get(at) : null;
  }
}
