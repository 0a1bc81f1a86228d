package no.spor.benchmark;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import no.spor.benchmark.Scenario.Need;
import no.spor.benchmark.Scenario.Work;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a team would otherwise use: a table with a row an event.
final class Peers {
  private static final String INSERT =
      "insert into event(id, tenant, type, time, person, data) values (?, ?, ?, ?, ?, %s)"
          + " on conflict do nothing";

  private Peers() {}

  private static Scenario onPostgres(String name, String group, String label, Work work) {
    return Scenario.of(name, group, label, work).needing(Need.POSTGRESQL);
  }

  static List<Scenario> all() {
    return List.of(
        onPostgres(
            "postgresql",
            Groups.INGEST,
            "PostgreSQL, JSONB row, 3 indexes",
            run -> postgres(run, false)),
        onPostgres(
                "pgcrypto",
                Groups.INGEST,
                "PostgreSQL, pgcrypto with a key per person",
                run -> postgres(run, true))
            .runs(3),
        Scenario.of("sqlite", Groups.INGEST, "SQLite, JSON row, 3 indexes", Peers::sqlite),
        onPostgres("postgresql-disk", Groups.DISK, "PostgreSQL, table and indexes", Peers::disk)
            .runs(1),
        onPostgres("postgresql-page", Groups.PAGE, "PostgreSQL, in clear", PeerPages::postgres)
            .runs(3));
  }

  /// The usual home-made audit table.
  static void createTable(Connection connection, String dataType) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "create table event(id uuid primary key, tenant text not null, type text not null,"
              + " time timestamptz not null, person text, data "
              + dataType
              + " not null)");
      statement.execute("create index event_person on event(tenant, person, time)");
      statement.execute("create index event_type on event(tenant, type, time)");
      statement.execute("create index event_time on event(tenant, time)");
    }
  }

  private static List<Figure> postgres(Run run, boolean encrypted) throws Exception {
    try (var cluster = Postgres.start(run.folder());
        var connection = cluster.connect()) {
      if (encrypted) {
        try (var statement = connection.createStatement()) {
          statement.execute("create extension pgcrypto");
          statement.execute("create table person(id text primary key, key text not null)");
        }
      }
      createTable(connection, encrypted ? "bytea" : "jsonb");
      String data = encrypted ? "pgp_sym_encrypt(?, ?, 's2k-mode=0')" : "?::jsonb";
      fromSeveral(cluster, run, run.events(), run.warmUp(), data, encrypted);
      long begun = System.nanoTime();
      fromSeveral(cluster, run, 0, run.events(), data, encrypted);
      return List.of(Figure.rate(run.events(), System.nanoTime() - begun));
    }
  }

  /// Over as many connections as Spor has callers.
  private static void fromSeveral(
      Postgres cluster, Run run, int from, int count, String data, boolean keyed) throws Exception {
    int batches = (count + Run.BATCH - 1) / Run.BATCH;
    var next = new AtomicInteger();
    try (var workers = Executors.newFixedThreadPool(Run.CALLERS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < Run.CALLERS; i++) {
        running.add(
            workers.submit(() -> {
              try (var connection = cluster.connect()) {
                var own = run.checkins().copy();
                for (int at = next.getAndIncrement(); at < batches; at = next.getAndIncrement()) {
                  int begin = at * Run.BATCH;
                  int size = Math.min(Run.BATCH, count - begin);
                  insert(connection, own, from + begin, size, data, keyed);
                }
              }
              return null;
            }));
      }
      for (var one : running) {
        one.get();
      }
    }
  }

  /// From what the rows hold: parsing is not counted.
  static void insert(
      Connection connection, Checkins checkins, long from, int count, String data, boolean keyed)
      throws SQLException {
    connection.setAutoCommit(false);
    try (var insert = connection.prepareStatement(INSERT.formatted(data));
        var person =
            connection.prepareStatement(
                "insert into person values (?, ?) on conflict do nothing")) {
      for (long at = from; at < from + count; at += Run.BATCH) {
        for (long i = at; i < Math.min(at + Run.BATCH, from + count); i++) {
          var checkin = checkins.at(i);
          bind(insert, checkin, checkin.data());
          if (keyed) {
            String key = Integer.toHexString(checkin.user().hashCode());
            insert.setString(7, key);
            person.setString(1, checkin.user());
            person.setString(2, key);
            person.addBatch();
          }
          insert.addBatch();
        }
        if (keyed) {
          person.executeBatch();
          connection.commit(); // else two would wait for each other's people
        }
        insert.executeBatch();
        connection.commit();
      }
    }
    connection.setAutoCommit(true);
  }

  private static void bind(PreparedStatement insert, Checkin checkin, String data)
      throws SQLException {
    insert.setObject(1, uuid(checkin.id()));
    insert.setString(2, SporNode.TENANT);
    insert.setString(3, Checkin.TYPE);
    insert.setTimestamp(4, Timestamp.from(checkin.time()));
    insert.setString(5, checkin.user());
    insert.setString(6, data);
  }

  static java.util.UUID uuid(String id) {
    return new java.util.UUID(
        Long.parseUnsignedLong(id, 0, 16, 16), Long.parseUnsignedLong(id, 16, 32, 16));
  }

  /// Inserts CloudEvents that came in as lines.
  static void insert(Connection connection, byte[] lines) throws SQLException {
    connection.setAutoCommit(false);
    try (var insert = connection.prepareStatement(INSERT.formatted("?::jsonb"))) {
      int from = 0;
      for (int end = 0; end < lines.length; end++) {
        if (lines[end] == '\n' || end == lines.length - 1) {
          int to = lines[end] == '\n' ? end : end + 1;
          if (to > from) {
            bind(insert, JsonMapper.shared().readTree(lines, from, to - from));
            insert.addBatch();
          }
          from = end + 1;
        }
      }
      insert.executeBatch();
      connection.commit();
    }
  }

  private static void bind(PreparedStatement insert, JsonNode event) throws SQLException {
    insert.setObject(1, uuid(event.path("id").asString()));
    insert.setString(2, event.path("tenant").asString());
    insert.setString(3, event.path("type").asString());
    insert.setTimestamp(4, Timestamp.from(java.time.Instant.parse(event.path("time").asString())));
    insert.setString(5, event.path("data").path("user").asString());
    insert.setString(6, event.path("data").toString());
  }

  private static List<Figure> sqlite(Run run) throws Exception {
    var file = run.fresh("sqlite").resolve("events.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      try (var statement = connection.createStatement()) {
        statement.execute("pragma journal_mode=wal");
        statement.execute("pragma synchronous=full");
        statement.execute(
            "create table event(id blob primary key, tenant text, type text, time integer,"
                + " person text, data text) without rowid");
        statement.execute("create index event_person on event(tenant, person, time)");
        statement.execute("create index event_type on event(tenant, type, time)");
        statement.execute("create index event_time on event(tenant, time)");
      }
      insertSqlite(connection, run, run.events(), run.warmUp());
      long begun = System.nanoTime();
      insertSqlite(connection, run, 0, run.events());
      return List.of(Figure.rate(run.events(), System.nanoTime() - begun));
    }
  }

  private static void insertSqlite(Connection connection, Run run, long from, int count)
      throws SQLException {
    connection.setAutoCommit(false);
    try (var insert =
        connection.prepareStatement("insert or ignore into event values (?, ?, ?, ?, ?, ?)")) {
      for (long at = from; at < from + count; at += Run.BATCH) {
        for (long i = at; i < Math.min(at + Run.BATCH, from + count); i++) {
          var checkin = run.checkins().at(i);
          insert.setBytes(1, checkin.id().getBytes(StandardCharsets.US_ASCII));
          insert.setString(2, SporNode.TENANT);
          insert.setString(3, Checkin.TYPE);
          insert.setLong(4, checkin.time().toEpochMilli());
          insert.setString(5, checkin.user());
          insert.setString(6, checkin.data());
          insert.executeUpdate();
        }
        connection.commit();
      }
    }
  }

  /// As it stands after the last insert, which is how Spor's files are measured too; and as small
  /// as `vacuum full` makes it, which takes the table away from everybody while it lasts.
  private static List<Figure> disk(Run run) throws Exception {
    try (var cluster = Postgres.start(run.folder());
        var connection = cluster.connect()) {
      createTable(connection, "jsonb");
      insert(connection, run.checkins(), 0, run.events(), "?::jsonb", false);
      try (var statement = connection.createStatement()) {
        double table = bytes(statement, "pg_table_size", run);
        double indexes = bytes(statement, "pg_indexes_size", run);
        statement.execute("vacuum full event");
        return List.of(
            Figure.less("bytes/event", table + indexes),
            Figure.less("bytes/event, table", table),
            Figure.less("bytes/event, indexes", indexes),
            Figure.less(
                "bytes/event, after vacuum full", bytes(statement, "pg_total_relation_size", run)));
      }
    }
  }

  private static double bytes(Statement statement, String size, Run run) throws SQLException {
    try (var answer = statement.executeQuery("select " + size + "('event')")) {
      answer.next();
      return (double) answer.getLong(1) / run.events();
    }
  }
}
