package no.spor.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import no.spor.benchmark.Scenario.Need;
import no.spor.benchmark.Scenario.Work;
import no.spor.server.Node;
import no.spor.server.SporServer;
import no.spor.tenancy.AccessRole;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// Servers in the same process as the load: both sides share the processors.
final class HttpScenarios {
  static final int BATCH_CONNECTIONS = 4;
  private static final int SINGLE_CONNECTIONS = 64;

  /// Single requests are slow: so many events of a run are sent one by one.
  private static final int SINGLES_IN = 5;

  /// And so many of a round of its warm-up.
  private static final int WARM_UP_SINGLES_IN = 3;

  private HttpScenarios() {}

  private static Scenario onPostgres(String name, String group, String label, Work work) {
    return Scenario.of(name, group, label, work).needing(Need.POSTGRESQL);
  }

  static List<Scenario> all() {
    return List.of(
        Scenario.of("http", Groups.HTTP_BATCH, "Spor", run -> spor(run, true)),
        onPostgres(
                "http-postgresql",
                Groups.HTTP_BATCH,
                "Spring Boot and JDBC on PostgreSQL",
                run -> postgres(run, true))
            .runs(3),
        Scenario.of("http-single", Groups.HTTP_SINGLE, "Spor", run -> spor(run, false)),
        onPostgres(
                "http-single-postgresql",
                Groups.HTTP_SINGLE,
                "Spring Boot and JDBC on PostgreSQL",
                run -> postgres(run, false))
            .runs(3));
  }

  private static List<Figure> spor(Run run, boolean batches) throws Exception {
    try (var context =
        start(
            SporServer.class,
            "--spor.data=" + run.fresh("data"),
            // One key sends everything: more than one may, unless told otherwise.
            "--spor.limits.requests-per-second=1000000")) {
      var tenancy = context.getBean(Node.class).tenancy();
      tenancy.createTenant(SporNode.TENANT, SporNode.TENANT);
      var key = tenancy.createKey(AccessRole.EMITTER, SporNode.TENANT, "bench").secret();
      var type = batches ? "application/x-ndjson" : "application/cloudevents+json";
      return measured(run, new Load(url(context), "/v1/events", type, "Bearer " + key), batches);
    }
  }

  private static List<Figure> postgres(Run run, boolean batches) throws Exception {
    try (var cluster = Postgres.start(run.folder())) {
      try (var connection = cluster.connect()) {
        Peers.createTable(connection, "jsonb");
      }
      try (var context =
          start(
              PostgresEndpoint.class,
              "--" + PostgresEndpoint.URL + "=" + cluster.url(),
              // Spor's settings lie on the same class path, and so do its libraries.
              "--spring.config.name=peer",
              "--management.observations.enable.http.server.requests=false")) {
        return measured(
            run, new Load(url(context), "/events", "application/x-ndjson", ""), batches);
      }
    }
  }

  private static ConfigurableApplicationContext start(Class<?> application, String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("--server.port=0");
    all.add("--server.address=127.0.0.1");
    all.add("--spring.threads.virtual.enabled=true");
    all.add("--spring.main.banner-mode=off");
    return new SpringApplicationBuilder(application)
        .web(WebApplicationType.SERVLET)
        .run(all.toArray(String[]::new));
  }

  private static String url(ConfigurableApplicationContext context) {
    return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
  }

  private static List<Figure> measured(Run run, Load load, boolean batches) throws Exception {
    int size = batches ? Run.BATCH : 1;
    int count = batches ? run.events() : run.events() / SINGLES_IN;
    int before = batches ? run.warmUp() : run.warmUp() / WARM_UP_SINGLES_IN;
    int connections = batches ? BATCH_CONNECTIONS : SINGLE_CONNECTIONS;
    WarmUp.untilQuiet(
        count, before, (from, some) -> load.send(bodies(run, from, some, size), connections));
    var bodies = bodies(run, 0, count, size);
    long cpu = SporScenarios.cpuNanos();
    var took = load.send(bodies, connections);
    cpu = SporScenarios.cpuNanos() - cpu;
    return List.of(
        Figure.rate(count, took.nanos()),
        Figure.less("ms p50", took.millisAt(50)),
        Figure.less("ms p99", took.millisAt(99)),
        Figure.less("µs CPU/event, this process", cpu / 1e3 / count));
  }

  private static List<byte[]> bodies(Run run, long from, int count, int size) {
    if (size > 1) {
      return run.checkins().batches(SporNode.TENANT, from, count, size);
    }
    List<byte[]> bodies = new ArrayList<>(count);
    for (long i = from; i < from + count; i++) {
      bodies.add(run.checkins().at(i).json(SporNode.TENANT).getBytes(StandardCharsets.UTF_8));
    }
    return bodies;
  }
}
