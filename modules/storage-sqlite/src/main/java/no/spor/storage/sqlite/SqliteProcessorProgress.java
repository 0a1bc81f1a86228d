package no.spor.storage.sqlite;

import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import no.spor.ledger.axon.ProcessorProgress;

/// How far each processor has come, beside the views that it fills.
final class SqliteProcessorProgress implements ProcessorProgress {
  static final String TABLES =
      """
      create table views(
        only integer primary key check (only = 1), ledger blob not null, id blob not null);
      create table progress(
        processor text not null,
        segment integer not null,
        mask integer not null,
        position integer not null,
        owner text,
        until integer not null,
        primary key (processor, segment)) without rowid;
      """;

  private static final String AVAILABLE =
      "processor = ? and segment = ? and (owner is null or owner = ? or until <= ?)";

  private final SqliteViews views;

  SqliteProcessorProgress(SqliteViews views) {
    this.views = views;
  }

  @Override
  public List<Segment> segments(String processor) {
    return views.read(session ->
        session.list(
            """
            select segment, mask, position, owner, until from progress
            where processor = ? order by segment
            """,
            row ->
                new Segment(
                    row.getInt(1), row.getInt(2), row.getLong(3), row.getString(4), row.getLong(5)),
            processor));
  }

  @Override
  public boolean create(String processor, int segment, int mask, long position) {
    return changed(
        "insert or ignore into progress values (?, ?, ?, ?, null, 0)",
        processor,
        segment,
        mask,
        position);
  }

  @Override
  public OptionalLong claim(String processor, int segment, Claim claim) {
    return views.write(session -> {
      int claimed =
          session.update(
              "update progress set owner = ?, until = ? where " + AVAILABLE,
              claim.owner(),
              claim.untilMillis(),
              processor,
              segment,
              claim.owner(),
              claim.nowMillis());
      return claimed == 0
          ? OptionalLong.empty()
          : OptionalLong.of(
              session.number(
                  "select position from progress where processor = ? and segment = ?",
                  processor,
                  segment));
    });
  }

  @Override
  public boolean store(String processor, int segment, Claim claim, long position) {
    return changed(
        """
        update progress set position = ?, until = ?
        where processor = ? and segment = ? and owner = ?
        """,
        position,
        claim.untilMillis(),
        processor,
        segment,
        claim.owner());
  }

  @Override
  public boolean extend(String processor, int segment, Claim claim) {
    return changed(
        "update progress set until = ? where processor = ? and segment = ? and owner = ?",
        claim.untilMillis(),
        processor,
        segment,
        claim.owner());
  }

  @Override
  public void release(String processor, int segment, String owner) {
    changed(
        """
        update progress set owner = null, until = 0
        where processor = ? and segment = ? and owner = ?
        """,
        processor,
        segment,
        owner);
  }

  @Override
  public boolean delete(String processor, int segment, Claim claim) {
    return changed(
        "delete from progress where " + AVAILABLE,
        processor,
        segment,
        claim.owner(),
        claim.nowMillis());
  }

  @Override
  public String id() {
    return views.read(session ->
        session
            .first("select id from views", row -> HexFormat.of().formatHex(row.getBytes(1)))
            .orElseThrow());
  }

  private boolean changed(String sql, Object... values) {
    return views.write(session -> session.update(sql, values) > 0);
  }
}
