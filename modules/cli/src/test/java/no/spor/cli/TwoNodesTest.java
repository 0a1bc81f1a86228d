package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.LedgerRecord;
import no.spor.server.MongoOptions;
import no.spor.server.Node;
import no.spor.server.NodeOptions;
import no.spor.storage.mongodb.MongoProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Two server processes on one MongoDB, written through both at once, each killed with -9 in turn:
/// one of them in the usual tests, where there is a persistent server; `-Dspor.test.kills=N` kills
/// more, runs on any, and tries the commands of an operator too. `-Dspor.seed=N` repeats. No limit
/// of time is narrower than a slow server's worst.
class TwoNodesTest {
  private static final boolean LARGE = System.getProperty("spor.test.kills") != null;
  private static final int KILLS = Integer.getInteger("spor.test.kills", 1);
  private static final int SENDERS = 6;
  private static final int PEOPLE = 20;

  /// The server in memory looks at all documents for every read: few thousand blocks are enough.
  private static final int PAUSE_MILLIS = Integer.getInteger("spor.test.pause", LARGE ? 400 : 250);

  private static final String TENANT = "bygg-as";
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final String CLOUD_EVENT = "application/cloudevents+json";

  @TempDir Path folder;

  private final List<SporProcess> processes = new ArrayList<>(List.of());
  private final List<NodeClient> nodes = new ArrayList<>();
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
  private final Set<String> different = ConcurrentHashMap.newKeySet();
  private final AtomicLong number = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private String database;
  private String admin;
  private String emitter;
  private String officer;

  @Test
  void whatEitherAcknowledgedIsThereOnceOnBothWhicheverIsKilled() throws Exception {
    Optional<String> obstacle = LARGE ? Optional.empty() : MongoProcess.noPersistent();
    obstacle.ifPresent(reason -> System.out.println("TwoNodesTest is skipped: " + reason));
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    long seed = Long.getLong("spor.seed", System.nanoTime());
    Random random = new Random(seed);
    database = "two_nodes_" + UUID.randomUUID().toString().substring(0, 8);
    try (MongoProcess mongo = MongoProcess.start(folder)) {
      System.out.println("two nodes on " + mongo.name() + ", seed " + seed);
      try {
        startBoth(mongo);
        administer();
        loadAndKill(mongo, random);
        printConflicts();
        String erasure = eraseOnOneAndAskTheOther();
        expireOnBothAtOnce();
        completed(erasure);
        JsonNode timeline = agree();
        verifyBoth();
        assertThat(mongo.violations()).as("asked of MongoDB").isEqualTo("[]");
        terminate();
        readEverything(mongo, timeline, erasure);
        if (LARGE) {
          withoutAServer(mongo);
        }
      } finally {
        processes.forEach(SporProcess::close);
      }
    }
  }

  private SporProcess start(MongoProcess mongo, int node) throws IOException {
    return SporProcess.start(
        folder,
        Map.of(
            "SPOR_MONGODB_URI",
            mongo.uri(),
            "SPOR_MONGODB_DATABASE",
            database,
            "SPOR_MONGODB_ALLOW_STANDALONE",
            "true"),
        "serve",
        "--data",
        folder.resolve("node" + node).toString(),
        "--root",
        root().toString(),
        "--store",
        "mongodb",
        "--port",
        "0");
  }

  private Path root() {
    return folder.resolve("root.key");
  }

  /// The second may make neither root nor administrator.
  private void startBoth(MongoProcess mongo) throws Exception {
    processes.add(start(mongo, 0));
    nodes.add(new NodeClient(processes.getFirst().await("ready: ")));
    admin = processes.getFirst().await("administrator key: ");
    processes.add(start(mongo, 1));
    nodes.add(new NodeClient(processes.getLast().await("ready: ")));
    assertThat(processes.getLast().output()).doesNotContain("administrator key");
  }

  /// What is made on one is used on the other at once.
  private void administer() throws Exception {
    nodes
        .get(0)
        .post("/v1/tenants", admin, "{\"id\":\"%s\",\"name\":\"Bygg AS\"}".formatted(TENANT))
        .expect(201);
    emitter = key(0, "emitter");
    record(nodes.get(1), "first").expect(201);
    officer = key(1, "officer");
    nodes.get(0).get("/v1/ledger", officer).expect(200);
    String revoked = nodes.get(1).post("/v1/keys", admin, keyOf("auditor")).expect(201).body();
    JsonNode gone = tools.jackson.databind.json.JsonMapper.shared().readTree(revoked);
    nodes.get(0).get("/v1/ledger", gone.path("key").asString()).expect(200);
    nodes
        .get(1)
        .send("DELETE", "/v1/keys/" + gone.path("id").asString(), admin, "application/json", "");
    await()
        .atMost(BOUND)
        .until(() -> nodes.get(0).get("/v1/ledger", gone.path("key").asString()).status() == 401);
  }

  private String key(int node, String role) throws Exception {
    return nodes
        .get(node)
        .post("/v1/keys", admin, keyOf(role))
        .expect(201)
        .json()
        .path("key")
        .asString();
  }

  private static String keyOf(String role) {
    return "{\"role\":\"%s\",\"tenant\":\"%s\",\"name\":\"test\"}".formatted(role, TENANT);
  }

  private NodeClient.Answer record(NodeClient node, String id)
      throws IOException, InterruptedException {
    NodeClient.Answer answer = node.send("POST", "/v1/events", emitter, CLOUD_EVENT, event(id));
    if (answer.status() == 200 || answer.status() == 201) {
      long position = answer.json().path("position").asLong(-1);
      Long before = acknowledged.putIfAbsent(id, position);
      if (before != null && before != position) {
        different.add(id + " at " + before + " and " + position);
      }
    }
    return answer;
  }

  private static String event(String id) {
    int person = Math.floorMod(id.hashCode(), PEOPLE);
    return """
    {"specversion":"1.0","id":"%s","source":"/two","type":"site.checkin","time":"2026-11-01T10:00:00Z","data":{"user":"user-%d@bygg.example","site":"1"}}\
    """
        .formatted(id, person);
  }

  private void loadAndKill(MongoProcess mongo, Random random) throws Exception {
    AtomicBoolean going = new AtomicBoolean(true);
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        int first = i;
        running.add(senders.submit(() -> send(first, going)));
      }
      try {
        for (int kill = 0; kill < KILLS; kill++) {
          TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(1_000));
          int victim = kill % 2;
          int before = acknowledged.size();
          processes.get(victim).kill();
          await("the other goes on")
              .atMost(BOUND)
              .until(() -> acknowledged.size() > before + SENDERS);
          processes.set(victim, start(mongo, victim));
          nodes.get(victim).moved(processes.get(victim).await("ready: "));
        }
        TimeUnit.MILLISECONDS.sleep(500);
      } finally {
        going.set(false);
      }
      for (Future<?> one : running) {
        one.get(BOUND.toSeconds(), TimeUnit.SECONDS);
      }
    }
    assertThat(different).as("one event at two positions").isEmpty();
    assertThat(acknowledged).hasSizeGreaterThan(SENDERS * KILLS);
    System.out.printf(
        "%d kills, %d events acknowledged, %d attempts refused or lost%n",
        KILLS, acknowledged.size(), refused.get());
  }

  /// Every event goes to one node after the other until one has acknowledged it; every fourth to
  /// both.
  private Void send(int first, AtomicBoolean going) throws InterruptedException {
    int node = first;
    while (going.get()) {
      String id = "e" + number.getAndIncrement();
      int wanted = number.get() % 4 == 0 ? 2 : 1;
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      for (int tries = 0; wanted > 0 && tries < 2_000; tries++) {
        node++;
        try {
          int status = record(nodes.get(node % 2), id).status();
          wanted -= status == 200 || status == 201 ? 1 : 0;
          if (status != 200 && status != 201) {
            refused.incrementAndGet();
            assertThat(status).as("refused").isIn(429, 503);
            TimeUnit.MILLISECONDS.sleep(20);
          }
        } catch (IOException gone) {
          refused.incrementAndGet();
          wanted = acknowledged.containsKey(id) ? 0 : wanted; // the second only where it is there
          TimeUnit.MILLISECONDS.sleep(20);
        }
      }
    }
    return null;
  }

  /// How often somebody else was first, since each process began: what the writer's lease is for.
  private void printConflicts() throws Exception {
    for (NodeClient node : nodes) {
      node.get("/actuator/prometheus", null)
          .body()
          .lines()
          .filter(line -> line.startsWith("spor_append_conflicts_total"))
          .forEach(System.out::println);
    }
  }

  /// @return the id of the erasure
  private String eraseOnOneAndAskTheOther() throws Exception {
    String person = "user-3@bygg.example";
    String id =
        nodes
            .get(0)
            .post(
                "/v1/erasure-requests",
                officer,
                "{\"person\":\"%s\",\"basis\":\"Art. 17\",\"identityVerifiedBy\":\"test\"}"
                    .formatted(person))
            .expect(201)
            .json()
            .path("id")
            .asString();
    nodes.get(0).post("/v1/erasure-requests/" + id + "/approve", officer, "{}").expect(200);
    long began = System.nanoTime();
    await()
        .atMost(BOUND)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          NodeClient.Answer there = timeline(1, person);
          return there.status() == 200 && there.json().path("person").asString().equals("erased");
        });
    System.out.printf(
        "erased on one node, effective on the other after %d ms%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    String again = event("again").replaceAll("user-\\d+@", "user-3@");
    NodeClient.Answer fenced = nodes.get(1).send("POST", "/v1/events", emitter, CLOUD_EVENT, again);
    assertThat(fenced.status()).as(fenced.body()).isEqualTo(409);
    return id;
  }

  private void completed(String id) {
    await()
        .atMost(BOUND)
        .until(() ->
            nodes
                .get(1)
                .get("/v1/erasure-requests/" + id, officer)
                .json()
                .path("state")
                .asString()
                .equals("completed"));
  }

  private NodeClient.Answer timeline(int node, String person) throws Exception {
    return nodes.get(node).post("/v1/timeline", officer, "{\"person\":\"%s\"}".formatted(person));
  }

  private void expireOnBothAtOnce() throws Exception {
    String old =
        Instant.now().minus(10, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS).toString();
    String login =
        event("login")
            .replaceAll("user-\\d+@", "user-5@")
            .replace("site.checkin", "login.succeeded")
            .replace("2026-11-01T10:00:00Z", old);
    nodes.get(1).send("POST", "/v1/events", emitter, CLOUD_EVENT, login).expect(201);
    nodes
        .get(0)
        .send(
            "PUT",
            "/v1/tenants/" + TENANT + "/catalogue",
            admin,
            "application/yaml",
            "retention: { session: P2D }")
        .expect(200);
    try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
      for (NodeClient node : nodes) {
        both.submit(() -> node.post("/v1/retention/run", admin, "{}"));
      }
    }
    await()
        .atMost(BOUND)
        .until(() ->
            !nodes.get(1).post("/v1/retention/run", admin, "{}").json().path("late").asBoolean());
  }

  /// @return the timeline, the same on both
  private JsonNode agree() throws Exception {
    await("one checkpoint")
        .atMost(BOUND)
        .untilAsserted(() -> {
          String one = nodes.get(0).get("/ledger/checkpoint", null).expect(200).body();
          assertThat(nodes.get(1).get("/ledger/checkpoint", null).expect(200).body())
              .isEqualTo(one);
          for (NodeClient node : nodes) {
            String metrics = node.get("/actuator/prometheus", null).body();
            assertThat(metrics).containsPattern("spor_ledger_unpublished_events 0\\.0");
          }
        });
    List<List<JsonNode>> timelines = new ArrayList<>();
    for (NodeClient node : nodes) {
      List<JsonNode> events = new ArrayList<>();
      String cursor = "null";
      do {
        JsonNode page =
            node.post(
                    "/v1/timeline",
                    officer,
                    "{\"types\":[\"site.checkin\"],\"limit\":1000,\"cursor\":%s}".formatted(cursor))
                .expect(200)
                .json();
        assertThat(page.path("behind").asLong()).isLessThan(100);
        page.path("events").forEach(events::add);
        cursor = page.path("next").isNull() ? "" : page.path("next").toString();
      } while (!cursor.isEmpty());
      timelines.add(events);
    }
    assertThat(timelines.get(1)).isEqualTo(timelines.get(0));
    List<String> ids = timelines.get(0).stream().map(event -> event.path("id").asString()).toList();
    assertThat(ids).doesNotHaveDuplicates().containsAll(acknowledged.keySet());
    timelines
        .get(0)
        .forEach(event -> {
          Long position = acknowledged.get(event.path("id").asString());
          assertThat(position == null || position == event.path("position").asLong())
              .as("%s at its position", event)
              .isTrue();
        });
    return timelines.get(0).getFirst();
  }

  /// The public tree, and with the tenant's key that none of its events is withheld.
  private void verifyBoth() {
    for (NodeClient node : nodes) {
      Said verified = Said.by("verify", "--url", node.url(), "--key", officer);
      assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
      assertThat(verified.lastLine()).startsWith("sound: ");
    }
  }

  private void terminate() throws InterruptedException {
    for (SporProcess process : processes) {
      process.terminate();
    }
  }

  /// Every record, from a third node.
  private void readEverything(MongoProcess mongo, JsonNode newest, String erasure) {
    NodeOptions options =
        new NodeOptions(folder.resolve("node2"), root(), 1_000)
            .withMongo(MongoOptions.on(mongo.uri(), database, true));
    Map<String, Integer> types = new TreeMap<>();
    Set<String> ids = new HashSet<>();
    Map<String, Integer> counted = new TreeMap<>();
    try (Node node = Node.open(options, InstantSource.system())) {
      long next = 0;
      for (List<LedgerRecord> some = node.ledger().readFrom(next, 1_000);
          !some.isEmpty();
          some = node.ledger().readFrom(next, 1_000)) {
        for (LedgerRecord record : some) {
          assertThat(record.position()).as("dense").isEqualTo(next++);
          HeaderBody header = HeaderBodyCodec.decode(record.body());
          types.merge(header.type(), 1, Integer::sum);
          assertThat(ids.add(header.source() + " " + header.id())).as("once").isTrue();
          header.tags().stream()
              .filter(tag -> tag.value().equals(erasure))
              .forEach(tag -> counted.merge(header.type(), 1, Integer::sum));
        }
      }
      assertThat(next).isEqualTo(node.ledger().size());
      assertThat(next).isGreaterThan(newest.path("position").asLong());
    }
    System.out.println(types);
    assertThat(counted.values()).as("%s, once each", counted).containsOnly(1);
    assertThat(counted).containsKeys("spor.person-erased", "spor.parts-counted");
    assertThat(types.get("spor.period-expired")).as("marks of one day").isOne();
  }

  /// As an operator does, with the environment that the servers had.
  private void withoutAServer(MongoProcess mongo) {
    String data = folder.resolve("node0").toString();
    Said unsaid = Said.by("key", "create", "admin", "lost", "--data", data);
    assertThat(unsaid.exitCode()).isOne();
    assertThat(unsaid.err()).contains("SPOR_STORE=mongodb");
    Said backup = Said.by("backup", folder.resolve("backup").toString(), "--data", data);
    assertThat(backup.exitCode()).isOne();
    assertThat(backup.err()).contains("lie on MongoDB");
    assertThat(Said.by("doctor", "--data", data, "--root", root().toString()).out())
        .contains("the stores lie on MongoDB")
        .doesNotContain("is missing");
    Map<String, String> settings =
        Map.of(
            "spor.store",
            "mongodb",
            "spor.mongodb.uri",
            mongo.uri(),
            "spor.mongodb.database",
            database,
            "spor.mongodb.allow-standalone",
            "true");
    settings.forEach(System::setProperty);
    try {
      for (List<String> command :
          List.of(
              List.of("key", "create", "admin", "lost", "--data", data),
              List.of("keystore", "rotate-epoch", "--data", data),
              List.of("keystore", "status", "--data", data))) {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("--root", root().toString()));
        Said said = Said.by(whole.toArray(String[]::new));
        assertThat(said.exitCode()).as(said.out() + said.err()).isZero();
      }
      Path moved = folder.resolve("moved");
      Said copied = Said.by("copy", "--from", "mongodb", "--to", moved.toString());
      assertThat(copied.exitCode()).as(copied.out() + copied.err()).isZero();
      assertThat(copied.out()).contains("copied: ").contains("destroy");
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
    Said sound =
        Said.by(
            "verify", "--data", folder.resolve("moved").toString(), "--root", root().toString());
    assertThat(sound.exitCode()).as(sound.out() + sound.err()).isZero();
  }
}
