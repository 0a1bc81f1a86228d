package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import no.spor.ledger.verify.TreeSource;
import no.spor.ledger.verify.TreeVerifier;
import no.spor.ledger.verify.VerifierKey;
import no.spor.tenancy.AccessRole;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A server that shows something else than what was signed: `spor verify --url` names what was
/// changed, and where.
class ServedTamperingTest {
  private static final int SIZE = 66_000; // tiles of levels 0, 1 and 2
  private static StaticLog log;
  private static ServedBytes served;

  @TempDir private Path folder;

  @BeforeAll
  static void serve() throws Exception {
    log = new StaticLog(SIZE, 1, StaticLog.key());
    served = new ServedBytes(log::serve);
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  @AfterEach
  void honestAgain() {
    served.changeNothing();
  }

  private static Said verify(String... more) {
    var arguments = new String[more.length + 3];
    arguments[0] = "verify";
    arguments[1] = "--url";
    arguments[2] = served.url();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return Said.by(arguments);
  }

  private static void change(String path, UnaryOperator<byte[]> how) {
    var bytes = served.honest(path);
    assertThat(bytes).as(path).isNotEmpty();
    served.change(path, how.apply(bytes.clone()));
  }

  private static UnaryOperator<byte[]> flip(int at) {
    return bytes -> {
      bytes[at] ^= 1;
      return bytes;
    };
  }

  private static void isNotSound(Said said, String... findings) {
    assertThat(said.exitCode()).as(said.out() + said.err()).isEqualTo(1);
    assertThat(said.out().lines().filter(line -> !line.startsWith("not ")))
        .as(said.out())
        .hasSize(findings.length)
        .zipSatisfy(
            Arrays.asList(findings),
            (line, finding) -> assertThat(line).matches(Pattern.compile(finding + ".*")));
  }

  @Test
  void whatNobodyChangedIsSound() throws Exception {
    var older = Files.write(folder.resolve("older"), log.checkpoint(700));
    var said = verify("--since", older.toString());
    assertThat(said.exitCode()).as(said.out() + said.err()).isZero();
    assertThat(said.out()).startsWith("sound: 66000 records");
  }

  @ParameterizedTest(name = "{0}, byte {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          entries/000        |  40 | bundle position 1: its entry is not the one that the tree holds
          entries/200        |   0 | bundle position 51200: its entry is not served, or not in form
          entries/257.p/208  | 283 | bundle position 65800: its entry is not the one that the tree holds
          0/000              |   0 | tile position 0: the tile of level 0, index 0, width 256
          0/200              |  33 | tile position 51200: the tile of level 0, index 200, width 256
          0/257.p/208        |  99 | tile position 65792: the tile of level 0, index 257, width 208
          1/000              |  70 | tile position 0: the tile of level 1, index 0, width 256
          1/001.p/1          |   5 | tile position 65536: the tile of level 1, index 1, width 1
          2/000.p/1          |  31 | tile position 0: the tile of level 2, index 0, width 1
          """)
  void aChangedBundleOrTileOfAnyLevelIsNamedWithItsPlace(String path, int at, String finding) {
    change("/ledger/tile/" + path, flip(at));
    var said = verify();
    assertThat(said.exitCode()).as(said.out() + said.err()).isEqualTo(1);
    assertThat(said.out()).startsWith(finding);
    assertThat(said.out())
        .contains(at == 0 && path.startsWith("e") ? "cut" : "not sound: 1 findings");
  }

  @Test
  void aTruncatedOrWithheldBundleAndAWithheldTileAreNamed() {
    change("/ledger/tile/entries/100", bytes -> Arrays.copyOf(bytes, bytes.length - 10));
    isNotSound(
        verify(),
        "bundle position 25855: its entry is not served",
        "checkpoint-ahead: the checkpoint that is served: it covers 66000 entries, the ledger has 25855");
    served.changeNothing();
    change("/ledger/tile/entries/100", bytes -> Arrays.copyOf(bytes, bytes.length + 35));
    isNotSound(verify(), "bundle position 25600: its bundle holds surplus bytes");
    served.changeNothing();
    served.change("/ledger/tile/entries/255", ServedBytes.NOT_THERE);
    isNotSound(verify(), "bundle position 65280: ", "checkpoint-ahead: ");
    served.changeNothing();
    served.change("/ledger/tile/1/000", ServedBytes.NOT_THERE);
    isNotSound(verify(), "tile position 0: the tile of level 1, index 0");
  }

  @Test
  void entriesChangedTogetherWithTheirTileAreNamedByTheTileAboveAndTheRoot() throws Exception {
    var other = new StaticLog(SIZE, 2, StaticLog.key());
    for (var path : new String[] {"/ledger/tile/entries/001", "/ledger/tile/0/001"}) {
      served.change(path, other.serve(URI.create(path), ""));
    }
    isNotSound(
        verify(),
        "tile position 0: the tile of level 1, index 0",
        "checkpoint-root: the checkpoint that is served: .* lies from position 0 on",
        "tile position 0: the tile of level 2, index 0");
  }

  @Test
  void aChangedCheckpointIsNamed() throws Exception {
    var path = "/ledger/checkpoint";
    var note = new String(served.honest(path), StandardCharsets.UTF_8);
    served.change(path, note.replace("66000", "65999").getBytes(StandardCharsets.UTF_8));
    isNotSound(verify(), "checkpoint-signature: the checkpoint that is served: ");
    int last = note.length() - 10; // a letter of the signature for another letter
    served.change(
        path,
        (note.substring(0, last)
                + (note.charAt(last) == 'A' ? 'B' : 'A')
                + note.substring(last + 1))
            .getBytes(StandardCharsets.UTF_8));
    isNotSound(verify(), "checkpoint-signature: the checkpoint that is served: ");
    change(path, flip(note.indexOf('\n')));
    isNotSound(verify(), "checkpoint-form: the checkpoint that is served: ");
    served.change(path, new StaticLog(300, 1, StaticLog.key()).checkpoint(300));
    isNotSound(verify(), "checkpoint-signature: the checkpoint that is served: ");
  }

  @Test
  void anOlderCheckpointAndASplitViewAreNamedByWhoKeptANewerOne() throws Exception {
    var key = StaticLog.key();
    var vkey = key.verifier().vkey();
    var real = new StaticLog(700, 1, key);
    var fork = new StaticLog(900, 2, key);
    var kept = Files.write(folder.resolve("kept"), real.checkpoint(700));
    try (var forked = new ServedBytes(fork::serve)) {
      isNotSound(
          Said.by("verify", "--url", forked.url(), "--vkey", vkey, "--since", kept.toString()),
          "checkpoint-root: the older checkpoint: its root is not that of the 700 entries");
    }
    try (var old = new ServedBytes(real::serve)) {
      old.change("/ledger/checkpoint", real.checkpoint(300));
      for (var bundle : new String[] {"0/001", "entries/001"}) {
        var path = "/ledger/tile/" + bundle + ".p/44";
        assertThat(real.serve(URI.create(path), "")).isNotEmpty();
      }
      isNotSound(
          Said.by("verify", "--url", old.url(), "--vkey", vkey, "--since", kept.toString()),
          "checkpoint-ahead: the older checkpoint: it covers 700 entries, the ledger has 300");
    }
  }

  @Test
  void anInterruptedCheckGoesOnAndTheLogMustStillHaveThatPast() throws Exception {
    var file = folder.resolve("state");
    var vkey = new String(served.honest("/ledger/key"), StandardCharsets.UTF_8).strip();
    var states = new ArrayList<byte[]>();
    TreeVerifier.of(new Honest())
        .progress((entries, state) -> {
          if (entries == 51_200) {
            states.add(state.get());
          }
        })
        .run(served.honest("/ledger/checkpoint"), List.of(VerifierKey.parse(vkey)));
    var state = states.getFirst();
    Files.write(file, state);
    served.change("/ledger/tile/entries/100", ServedBytes.NOT_THERE);
    var gone = verify("--resume", file.toString());
    assertThat(gone.exitCode()).as(gone.out() + gone.err()).isZero();
    assertThat(gone.out()).contains("not checked: 51200 entries that an earlier run had come past");
    assertThat(file).doesNotExist();

    Files.write(file, state);
    try (var another = new ServedBytes(new StaticLog(SIZE, 2, StaticLog.key())::serve)) {
      var said = Said.by("verify", "--url", another.url(), "--resume", file.toString());
      assertThat(said.exitCode()).isEqualTo(1);
      assertThat(said.out()).contains("checkpoint-root: ");
    }
    state[50] ^= 1;
    Files.write(file, state);
    assertThat(verify("--resume", file.toString()).exitCode()).isEqualTo(2);
  }

  /// The log's bytes, without HTTP.
  private static final class Honest implements TreeSource {
    @Override
    public byte[] entries(long index, int width) {
      return served.honest("/ledger/tile/entries/" + VerifyServer.path(index, width));
    }

    @Override
    public byte[] tile(int level, long index, int width) {
      return served.honest("/ledger/tile/" + level + "/" + VerifyServer.path(index, width));
    }
  }

  @Test
  void anOwnHeaderThatIsWithheldChangedOrSwappedIsNamed() throws Exception {
    var file = folder.resolve("checkins.ndjson");
    MadeUpCheckins.write(file, 8, 300, 20);
    Map<String, Object> settings =
        Map.of(
            "spor.data", folder.resolve("data"), "server.port", 0, "server.address", "127.0.0.1");
    try (RunningServer server = RunningServer.start(settings);
        HttpClient http = HttpClient.newHttpClient();
        ServedBytes proxy = new ServedBytes((uri, key) -> pass(http, server.url(), uri, key))) {
      var tenancy = server.node().tenancy();
      tenancy.createTenant(MadeUpCheckins.TENANT, "Bygg AS");
      var emitter = tenancy.createKey(AccessRole.EMITTER, MadeUpCheckins.TENANT, "gate").secret();
      var auditor = tenancy.createKey(AccessRole.AUDITOR, MadeUpCheckins.TENANT, "audit").secret();
      assertThat(
              Said.by("import", "--url", server.url(), "--key", emitter, file.toString())
                  .exitCode())
          .isZero();
      long size = server.node().ledger().size();
      Awaitility.await().until(() -> server.node().publicLedger().size() >= size);
      var honest = Said.by("verify", "--url", proxy.url(), "--key", auditor);
      assertThat(honest.exitCode()).as(honest.out() + honest.err()).isZero();
      assertThat(honest.out()).contains("events of bygg-as: 300");

      var path = "/v1/headers?from=0";
      var page = pass(http, server.url(), URI.create(path), "Bearer " + auditor);
      long second = JsonMapper.shared().readTree(page).at("/headers/1/position").asLong();
      for (var one : changesOfHeaders(second)) {
        var changed = (ObjectNode) JsonMapper.shared().readTree(page);
        changed.set("headers", one.how().apply((ArrayNode) changed.get("headers")));
        proxy.change(path, JsonMapper.shared().writeValueAsBytes(changed));
        var said = Said.by("verify", "--url", proxy.url(), "--key", auditor);
        assertThat(said.exitCode()).as(said.out() + said.err()).isEqualTo(1);
        for (var finding : one.findings()) {
          assertThat(said.out()).containsPattern("(?m)^" + finding);
        }
      }
    }
  }

  private record Change(UnaryOperator<ArrayNode> how, String... findings) {}

  /// @param second position of the tenant's second event
  private static List<Change> changesOfHeaders(long second) {
    return List.of(
        new Change(
            headers -> {
              headers.remove(1);
              return headers;
            },
            "sequence-gap position " + (second + 1) + ": events 1 to 1 of the tenant are withheld"),
        new Change(
            headers -> header(headers, 1, flip(100)),
            "opening position " + second + ": its header does not open the public entry",
            "sequence-gap position " + second,
            "sequence-twice position .*"),
        new Change(
            headers -> header(headers, 1, flip(140)),
            "opening position " + second + ": its header does not open the public entry"),
        new Change(
            headers -> header(headers, 1, bytes -> Arrays.copyOf(bytes, 90)),
            "header position " + second + ": its header is not in form",
            "sequence-gap position .*"),
        new Change(
            headers -> {
              ((ObjectNode) headers.get(1)).put("header", "no base 64!");
              return headers;
            },
            "header position " + second + ": its header is not in form",
            "sequence-gap position .*"),
        new Change(
            headers -> {
              var first = headers.get(1).get("header");
              ((ObjectNode) headers.get(1)).set("header", headers.get(2).get("header"));
              ((ObjectNode) headers.get(2)).set("header", first);
              return headers;
            },
            "opening position " + second,
            "sequence-gap position " + second,
            "opening position " + (second + 1),
            "sequence-twice position " + (second + 1)),
        new Change(
            headers -> {
              ((ObjectNode) headers.get(1)).put("position", second + 1);
              ((ObjectNode) headers.get(2)).put("position", second);
              return headers;
            },
            "opening position .*",
            "opening position .*",
            "sequence-gap position .*"));
  }

  private static ArrayNode header(ArrayNode headers, int index, UnaryOperator<byte[]> how) {
    var header = (ObjectNode) headers.get(index);
    var bytes = Base64.getDecoder().decode(header.get("header").asString());
    header.put("header", Base64.getEncoder().encodeToString(how.apply(bytes)));
    return headers;
  }

  private static byte[] pass(HttpClient http, String url, URI uri, String authorization) {
    try {
      var request = HttpRequest.newBuilder(URI.create(url + uri));
      if (!authorization.isEmpty()) {
        request.header("Authorization", authorization);
      }
      var answer = http.send(request.build(), BodyHandlers.ofByteArray());
      return answer.statusCode() == 200 ? answer.body() : ServedBytes.NOT_THERE;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
