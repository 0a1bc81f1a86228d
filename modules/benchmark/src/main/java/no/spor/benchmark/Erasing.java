package no.spor.benchmark;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import no.spor.activity.PersonId.Namespace;
import no.spor.benchmark.Scenario.Need;
import no.spor.rights.ErasureRequest.State;
import no.spor.rights.ErasureRequests.NewRequest;

/// From the approval of a request until the person's key is gone for good, on disk; beside that,
/// overwriting what the usual table says of the person.
final class Erasing {
  private static final int FEW = 10;
  private static final int PEOPLE_WITH_FEW = 40;
  private static final int RUNS_IN_ONE = 3;

  private Erasing() {}

  static List<Scenario> all() {
    return List.of(
        Scenario.of("erase", Groups.ERASE, "Spor", Erasing::spor).runs(3),
        Scenario.of("erase-postgresql", Groups.ERASE, "PostgreSQL, overwriting rows", Erasing::peer)
            .needing(Need.POSTGRESQL)
            .runs(1));
  }

  /// As many events as the large directory's tenth part: a million.
  private static int many(Run run) {
    return run.largeEvents() / 10;
  }

  private static List<Figure> spor(Run run) throws Exception {
    try (var node = new SporNode(run.fresh("data"))) {
      List<String> people = new ArrayList<>();
      for (int i = 0; i < PEOPLE_WITH_FEW; i++) {
        people.add("few-" + i + "@gowalla.example");
        record(run, node, people.getLast(), i * FEW, FEW);
      }
      var heavy = "many@gowalla.example";
      record(run, node, heavy, PEOPLE_WITH_FEW * FEW, many(run));
      node.awaitTimeline();
      List<Double> few = new ArrayList<>();
      for (int i = 0; i < PEOPLE_WITH_FEW; i++) {
        double millis = erase(node, people.get(i));
        if (i >= PEOPLE_WITH_FEW / 2) {
          few.add(millis);
        }
      }
      double all = erase(node, heavy);
      return List.of(
          Figure.less("ms, 10 events", Figure.median(few)),
          Figure.less("ms, 10 events, slowest of 20", few.stream().max(Double::compare).get()),
          Figure.less("ms, %,d events".formatted(many(run)), all));
    }
  }

  private static void record(Run run, SporNode node, String person, int from, int count)
      throws Exception {
    int piece = 100_000;
    for (int at = 0; at < count; at += piece) {
      node.record(
          run.checkins()
              .of(person)
              .batches(SporNode.TENANT, from + at, Math.min(piece, count - at), Run.BATCH),
          SporScenarios.THREADS);
    }
  }

  private static double erase(SporNode node, String person) {
    var requests = node.node().erasureRequests();
    var id =
        requests
            .receive(
                null,
                new NewRequest(
                    SporNode.TENANT,
                    person,
                    EnumSet.allOf(Namespace.class),
                    "Art. 17",
                    null,
                    "bench"))
            .id();
    long begun = System.nanoTime();
    var state = requests.approve(null, id).state();
    double millis = (System.nanoTime() - begun) / 1e6;
    if (state != State.ERASED && state != State.COMPLETED) {
      throw new IllegalStateException("not erased: " + state);
    }
    return millis;
  }

  private static List<Figure> peer(Run run) throws Exception {
    try (var cluster = Postgres.start(run.folder());
        var connection = cluster.connect()) {
      Peers.createTable(connection, "jsonb");
      Peers.insert(connection, run.checkins(), 0, 10_000, "?::jsonb", false);
      fill(connection, "few", FEW);
      fill(connection, "many", many(run));
      try (var statement = connection.createStatement()) {
        statement.execute("vacuum analyze event");
      }
      List<Figure> figures = new ArrayList<>();
      for (int i = 0; i < RUNS_IN_ONE; i++) {
        figures.add(Figure.less("ms, 10 events", overwrite(connection, "few", FEW)));
        figures.add(
            Figure.less(
                "ms, %,d events".formatted(many(run)), overwrite(connection, "many", many(run))));
      }
      return figures;
    }
  }

  /// Rows of the same shape; made by the server, which is quicker.
  private static void fill(Connection connection, String person, int count) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            insert into event(id, tenant, type, time, person, data)
            select gen_random_uuid(), ?, ?, now() - i * interval '1 minute', ?,
              jsonb_build_object('user', ?, 'site', (10000 + i % 30000)::text,
                'siteName', 'Place number ' || i % 30000 || ' of New York',
                'position', jsonb_build_object('lat', 40.5 + random(), 'lon', -74.2 + random()))
            from generate_series(1, ?) i
            """)) {
      insert.setString(1, SporNode.TENANT);
      insert.setString(2, Checkin.TYPE);
      insert.setString(3, person);
      insert.setString(4, person);
      insert.setInt(5, count);
      insert.executeUpdate();
    }
  }

  /// The person's rows stay the person's, so that the next round finds them; what is personal in
  /// them changes each time.
  private static double overwrite(Connection connection, String person, int count)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            """
            update event set data = data || jsonb_build_object('user', md5(random()::text),
              'position', null)
            where tenant = ? and person = ?
            """)) {
      update.setString(1, SporNode.TENANT);
      update.setString(2, person);
      long begun = System.nanoTime();
      if (update.executeUpdate() != count) {
        throw new IllegalStateException("not all rows were overwritten");
      }
      return (System.nanoTime() - begun) / 1e6;
    }
  }
}
