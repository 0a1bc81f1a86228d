package no.spor.benchmark;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// First pages of a timeline from the home-made table.
final class PeerPages {
  private static final String BY_PERSON =
      "select * from event where tenant = ? and person = ? order by time desc limit 100";
  private static final String BY_DAY =
      "select * from event where tenant = ? and type = ? and time >= ? and time < ?"
          + " order by time desc limit 100";
  private static final int COUNT = 400;

  private PeerPages() {}

  static List<Figure> postgres(Run run) throws Exception {
    try (var cluster = Postgres.start(run.folder());
        var connection = cluster.connect()) {
      Peers.createTable(connection, "jsonb");
      Peers.insert(connection, run.checkins(), 0, run.events(), "?::jsonb", false);
      try (var statement = connection.createStatement()) {
        statement.execute("vacuum analyze event");
      }
      List<Figure> figures = new ArrayList<>();
      figures.addAll(pages(run, connection, true, "by person"));
      figures.addAll(pages(run, connection, false, "by tenant, type and day"));
      return figures;
    }
  }

  private static List<Figure> pages(Run run, Connection connection, boolean person, String what)
      throws Exception {
    var random = new Random(7);
    WarmUp.untilQuiet(0, COUNT, (from, some) -> ask(run, connection, person, random));
    var nanos = ask(run, connection, person, random);
    Arrays.sort(nanos);
    return List.of(
        Figure.less("ms p50, " + what, nanos[COUNT / 2] / 1e6),
        Figure.less("ms p99, " + what, nanos[COUNT * 99 / 100] / 1e6));
  }

  private static double[] ask(Run run, Connection connection, boolean person, Random random)
      throws SQLException {
    var nanos = new double[COUNT];
    try (var select = connection.prepareStatement(person ? BY_PERSON : BY_DAY)) {
      for (int i = 0; i < COUNT; i++) {
        var checkin = run.checkins().at(random.nextInt(run.events()));
        long begun = System.nanoTime();
        select.setString(1, SporNode.TENANT);
        select.setString(2, person ? checkin.user() : Checkin.TYPE);
        if (!person) {
          var day = checkin.time().truncatedTo(ChronoUnit.DAYS);
          select.setTimestamp(3, Timestamp.from(day));
          select.setTimestamp(4, Timestamp.from(day.plus(1, ChronoUnit.DAYS)));
        }
        try (var rows = select.executeQuery()) {
          while (rows.next()) {
            rows.getString(6);
          }
        }
        nanos[i] = System.nanoTime() - begun;
      }
    }
    return nanos;
  }
}
