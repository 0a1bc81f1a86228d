package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// After an erasure and after an expiry nothing of what is gone is in any byte that the server
/// wrote or has in memory: neither the values nor the keys. The server runs in a process of its
/// own, spoken to over HTTP; its files are searched from outside, its memory as a heap dump after a
/// collection.
class NothingIsLeftTest {
  private static final String ERASED = "victim-7f3a@marker.example";
  private static final String ERASED_SITE = "position-marker-7f3a";
  private static final String STAYS = "stays-7f3a@marker.example";
  private static final String EXPIRED_ADDRESS = "203.0.113.199";
  private static final String EXPIRED_TEXT = "expired-marker-7f3a";

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private Process server;
  private BufferedReader answers;
  private String url;
  private String emitter;
  private String officer;

  @Test
  void neitherValuesNorKeysOfWhatIsErasedOrExpired() throws Exception {
    start();
    try {
      post("s-1", "site.checkin", Instant.now(), "\"user\":\"%s\",\"site\":\"1\"".formatted(STAYS));
      int beforeErased = betrayed().size();
      post(
          "e-1",
          "site.checkin",
          Instant.now(),
          "\"user\":\"%s\",\"site\":\"1\",\"note\":\"%s\"".formatted(ERASED, ERASED_SITE));
      int beforeExpired = betrayed().size();
      post(
          "s-2",
          "login.succeeded",
          Instant.now().minus(Duration.ofDays(18)),
          "\"user\":\"%s\",\"ip\":\"%s\",\"text\":\"%s\""
              .formatted(STAYS, EXPIRED_ADDRESS, EXPIRED_TEXT));
      List<byte[]> drawn = betrayed();
      read(ERASED);
      read(STAYS);

      Path heap = folder.resolve("before.hprof");
      order("dump " + heap);
      // What lies in files in clear are salts' secrets; the rest are keys.
      Map<String, byte[]> keys = new HashMap<>();
      for (int i = beforeErased; i < drawn.size(); i++) {
        keys.put((i < beforeExpired ? "person's key " : "period's key ") + i, drawn.get(i));
      }
      search(files(), keys).forEach(keys::remove);
      Set<String> inMemory = search(List.of(heap), keys);
      assertThat(inMemory).as("keys that are in use are in memory").hasSizeGreaterThanOrEqualTo(2);
      assertThat(inMemory).anyMatch(key -> key.startsWith("person"));
      assertThat(inMemory).anyMatch(key -> key.startsWith("period"));
      Files.delete(heap);

      order("erase " + ERASED);
      order("shorten P14D");
      for (int i = 0; i < 40; i++) { // what passes through the doors afterwards
        post(
            "x-" + i,
            "site.checkin",
            Instant.now(),
            "\"user\":\"other-%d\",\"site\":\"1\",\"filler\":\"%s\""
                .formatted(i, "x".repeat(3_000)));
        read("other-" + i);
      }
      Path after = folder.resolve("after.hprof");
      order("dump " + after);

      Map<String, byte[]> gone = new HashMap<>(keys);
      for (String value : List.of(ERASED, ERASED_SITE, EXPIRED_ADDRESS, EXPIRED_TEXT)) {
        gone.put(value, value.getBytes(StandardCharsets.UTF_8));
      }
      assertThat(search(files(), gone)).as("in files").isEmpty();
      assertThat(search(List.of(after), gone)).as("in memory").isEmpty();
      assertThat(search(List.of(after), Map.of("x", "bygg-as".getBytes(StandardCharsets.UTF_8))))
          .isNotEmpty();
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  private void start() throws IOException {
    server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx160m",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                TestStore.storeFlag(),
                TestStore.placeFlag(),
                "-cp",
                System.getProperty("java.class.path"),
                WatchedServer.class.getName(),
                folder.resolve("data").toString(),
                folder.resolve("betrayed").toString())
            .redirectError(folder.resolve("log").toFile())
            .start();
    answers = server.inputReader(StandardCharsets.UTF_8);
    String[] said = answer().split(" ");
    url = "http://127.0.0.1:" + said[0];
    emitter = said[1];
    officer = said[2];
  }

  private String answer() throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith("> ")) {
        return line.substring(2);
      }
    }
    throw new IllegalStateException(
        "the server ended:\n" + Files.readString(folder.resolve("log")));
  }

  private void order(String line) throws IOException {
    OutputStream to = server.getOutputStream();
    to.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    to.flush();
    assertThat(answer()).isEqualTo("done");
  }

  private void post(String id, String type, Instant time, String data) throws Exception {
    String event =
        "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/t\",\"type\":\"%s\",\"time\":\"%s\",\"data\":{%s}}"
            .formatted(id, type, time, data);
    HttpResponse<String> answer =
        http.send(
            request("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  private void read(String person) throws Exception {
    HttpResponse<String> answer =
        http.send(
            request("/v1/timeline", officer, RunningSpor.JSON, "{\"person\":\"" + person + "\"}"),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private HttpRequest request(String path, String key, String type, String body) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", type)
        .header("Purpose", "a test")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private List<byte[]> betrayed() throws IOException {
    byte[] all = Files.readAllBytes(folder.resolve("betrayed"));
    List<byte[]> drawn = new ArrayList<>();
    for (int i = 0; i + 32 <= all.length; i += 32) {
      drawn.add(java.util.Arrays.copyOfRange(all, i, i + 32));
    }
    return drawn;
  }

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>(List.of(folder.resolve("log")));
    if (TestStore.MONGODB) {
      Map<String, byte[]> contents = new HashMap<>();
      TestStore.addContents(contents, folder.resolve("data"));
      Path all = folder.resolve("contents");
      try (OutputStream out = Files.newOutputStream(all)) {
        for (byte[] content : contents.values()) {
          out.write(content);
        }
      }
      files.add(all);
    }
    for (String name : List.of("data", "tmp")) {
      try (Stream<Path> all = Files.walk(folder.resolve(name))) {
        all.filter(Files::isRegularFile).forEach(files::add);
      }
    }
    return files;
  }

  /// @return names of what is in one of the files
  private static Set<String> search(List<Path> files, Map<String, byte[]> wanted)
      throws IOException {
    Map<Long, List<String>> beginnings = new HashMap<>();
    wanted.forEach((name, bytes) ->
        beginnings
            .computeIfAbsent(
                ByteBuffer.wrap(bytes.length < 8 ? java.util.Arrays.copyOf(bytes, 8) : bytes)
                        .getLong()
                    & MASK,
                key -> new ArrayList<>())
            .add(name));
    Set<String> found = new TreeSet<>();
    for (Path file : files) {
      ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
      for (int at = 0; at + 8 <= in.limit(); at++) {
        List<String> candidates = beginnings.get(in.getLong(at) & MASK);
        if (candidates != null) {
          for (String name : candidates) {
            byte[] bytes = wanted.get(name);
            if (at + bytes.length <= in.limit()
                && in.slice(at, bytes.length).equals(ByteBuffer.wrap(bytes))) {
              found.add(name);
            }
          }
        }
      }
    }
    return found;
  }

  /// Seven bytes: the shortest marker.
  private static final long MASK = 0xffffffffffffff00L;
}
