package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `spor import` into a data directory.
class ImportTest {
  private static final long SEED = 20261122L;
  @TempDir Path folder;
  private Path data;
  private Path file;

  @BeforeEach
  void name() {
    data = folder.resolve("data");
    file = folder.resolve("checkins.ndjson");
  }

  @Test
  void aFileAPackedFileAndStandardInputAreImportedAndNothingTwice() throws IOException {
    MadeUpCheckins.write(file, 1, 1200, 20);
    Path packed = folder.resolve("more.ndjson.gz");
    Path second = folder.resolve("second.ndjson");
    MadeUpCheckins.write(second, 2, 700, 20);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      Files.copy(second, out);
    }

    Said first = imported(file.toString(), packed.toString());
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.lastLine()).isEqualTo("recorded 1900, duplicate 0, rejected 0");
    assertThat(first.err()).containsOnlyOnce("created the tenant bygg-as");

    Said again = imported(packed.toString(), file.toString());
    assertThat(again.lastLine()).isEqualTo("recorded 0, duplicate 1900, rejected 0");
    assertThat(again.err()).doesNotContain("created", "administrator key");

    InputStream in = System.in;
    try {
      System.setIn(new ByteArrayInputStream(Files.readAllBytes(second)));
      assertThat(imported("-").lastLine()).isEqualTo("recorded 0, duplicate 700, rejected 0");
      MadeUpCheckins.write(second, 3, 10, 20);
      System.setIn(new ByteArrayInputStream(Files.readAllBytes(second)));
      assertThat(imported("-").lastLine()).isEqualTo("recorded 10, duplicate 0, rejected 0");
    } finally {
      System.setIn(in);
    }
    assertThat(leftBeside(file)).isEmpty();
  }

  @Test
  void rejectedLinesLieInAFileThatNobodyElseReadsWithTheReasonOfEach() throws IOException {
    MadeUpCheckins.write(file, 1, 40, 5);
    List<String> lines = new java.util.ArrayList<>(Files.readAllLines(file));
    lines.set(3, "{\"broken\":");
    lines.set(7, lines.get(7).replace("site.checkin", "no.such.type"));
    lines.set(11, "");
    lines.set(
        20, lines.get(20).replace("\"siteName\":\"", "\"siteName\":\"" + "y".repeat(300_000)));
    lines.set(30, lines.get(30).replace("\"tenant\":\"bygg-as\"", "\"tenant\":\"NOT A TENANT\""));
    lines.set(39, lines.get(39).replace("\"time\":\"20", "\"time\":\"22"));
    Files.write(file, lines);

    Said said = imported(file.toString());

    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.lastLine()).isEqualTo("recorded 34, duplicate 0, rejected 5");
    Path rejected = folder.resolve("checkins.ndjson.rejected");
    assertThat(said.err()).contains("rejected lines go to " + rejected);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rejected)))
        .isEqualTo("rw-------");
    List<JsonNode> reasons =
        Files.readAllLines(rejected).stream().map(JsonMapper.shared()::readTree).toList();
    assertThat(reasons)
        .extracting(reason -> reason.path("line").asInt())
        .containsExactly(4, 8, 21, 31, 40);
    assertThat(reasons)
        .extracting(reason -> reason.path("type").asString())
        .containsExactly(
            "/problems/malformed-json",
            "/problems/unknown-event-type",
            "/problems/event-too-large",
            "/problems/no-such-tenant",
            "/problems/time-in-future");
    assertThat(reasons)
        .extracting(reason -> reason.path("event").asString())
        .contains(lines.get(7));
    assertThat(reasons).noneMatch(reason -> reason.path("detail").asString("").isEmpty());

    assertThat(imported(file.toString()).lastLine())
        .isEqualTo("recorded 0, duplicate 34, rejected 5");
    assertThat(Files.readAllLines(rejected)).hasSize(5);
  }

  @Test
  void aFileWhereNoLineIsAnEventRecordsNothing() throws IOException {
    Files.writeString(file, "this\nis\nno\nJSON\n");

    Said said = imported(file.toString());

    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.lastLine()).isEqualTo("recorded 0, duplicate 0, rejected 4");
  }

  @Test
  void whatAnInterruptedImportRemembersHoldsForThatFileAndThatLedgerOnly() throws Exception {
    MadeUpCheckins.write(file, 1, 100, 5);
    Path progress = folder.resolve("checkins.ndjson.progress");
    String prefix = sha256(Files.readAllLines(file).subList(0, 60));

    Files.writeString(progress, "00000000-0000-0000-0000-000000000000 60 " + prefix + " 60 0 0\n");
    assertThat(imported(file.toString()).lastLine())
        .isEqualTo("recorded 100, duplicate 0, rejected 0");
    assertThat(progress).doesNotExist();

    String ledger;
    try (ImportedData imported = new ImportedData(data)) {
      ledger = imported.node().ledgerId().toString();
    }
    Files.writeString(progress, ledger + " 60 " + prefix + " 60 0 0\n");
    Said resumed = imported(file.toString());
    assertThat(resumed.err()).contains("going on after line 60");
    assertThat(resumed.lastLine()).isEqualTo("recorded 60, duplicate 40, rejected 0");

    Files.writeString(progress, ledger + " 60 " + prefix + " 60 0 0\n");
    MadeUpCheckins.write(file, 2, 100, 5);
    Said changed = imported(file.toString());
    assertThat(changed.exitCode()).isEqualTo(1);
    assertThat(changed.err())
        .contains("the file is not the one whose import was interrupted", progress.toString());
    try (ImportedData imported = new ImportedData(data)) {
      assertThat(imported.of(MadeUpCheckins.TENANT, "person-1@bygg.example"))
          .allSatisfy((id, event) -> assertThat(id).startsWith("1-"));
    }
  }

  @Test
  void killedAtAnyMomentAndSaidAgainItIsCompleteAndNothingStandsTwice() throws Exception {
    int events = 8_000;
    MadeUpCheckins.write(file, 1, events, 12);
    Random random = new Random(SEED);
    for (int round = 0; round < 3; round++) {
      try (SporProcess child =
          SporProcess.start(folder, "import", "--data", data.toString(), file.toString())) {
        Path progress = folder.resolve("checkins.ndjson.progress");
        Path ledger = data.resolve("ledger.db");
        boolean early = round == 0;
        while (child.isAlive() && !Files.exists(early ? ledger : progress)) {
          Thread.sleep(5);
        }
        Thread.sleep(random.nextInt(early ? 1500 : 400));
        child.kill();
        assertThat(child.errors().lines())
            .as("what it said of itself, and nothing else")
            .allMatch(line ->
                line.matches(
                    "(?s)created the tenant .*|going on after .*|administrator key:"
                        + " .*|importing .*|.*root.*"));
      }
    }

    Said said = imported(file.toString());

    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out()).contains("rejected 0");
    assertThat(imported(file.toString()).lastLine())
        .isEqualTo("recorded 0, duplicate " + events + ", rejected 0");
    everyTimelineIs(MadeUpCheckins.byPerson(file), MadeUpCheckins.TENANT);
    assertThat(leftBeside(file)).isEmpty();
  }

  @Test
  void whateverJsonAnEventHoldsComesBackExactly() throws IOException {
    AnyJson.write(file, SEED, 1000);

    assertThat(imported(file.toString()).lastLine())
        .as("seed %d", SEED)
        .isEqualTo("recorded 1000, duplicate 0, rejected 0");
    Map<String, Map<String, String>> people = MadeUpCheckins.byPerson(file);
    assertThat(people).hasSizeGreaterThan(5);
    everyTimelineIs(people, MadeUpCheckins.TENANT);
  }

  /// Each name appears at another moment of the first start.
  @ParameterizedTest
  @ValueSource(strings = {"ledger.db", "root.key", "keys.db", "epochs.db", "registry.db"})
  void aFirstStartKilledAtAnyMomentIsBegunAgain(String appears) throws Exception {
    MadeUpCheckins.write(file, 1, 50, 3);
    try (SporProcess child =
        SporProcess.start(folder, "import", "--data", data.toString(), file.toString())) {
      while (child.isAlive() && !Files.exists(data.resolve(appears))) {
        Thread.sleep(1);
      }
      child.kill();
    }

    Said said = imported(file.toString());

    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(imported(file.toString()).lastLine())
        .isEqualTo("recorded 0, duplicate 50, rejected 0");
    everyTimelineIs(MadeUpCheckins.byPerson(file), MadeUpCheckins.TENANT);
  }

  @Test
  void realCheckinsComeBackExactly() throws Exception {
    Path script = script();
    boolean possible = script != null && DemoTest.onPath("python3");
    if (!possible) {
      System.out.println(
          "ImportTest.realCheckinsComeBackExactly skipped: no python3, or no real data beside the"
              + " repository");
    }
    assumeTrue(possible);
    Process python =
        new ProcessBuilder("python3", script.toString(), "gowalla", "--limit", "20000")
            .redirectOutput(file.toFile())
            .start();
    assertThat(python.waitFor()).isZero();

    Said said = imported(file.toString());

    assertThat(said.lastLine()).isEqualTo("recorded 20000, duplicate 0, rejected 0");
    Map<String, Map<String, String>> people = MadeUpCheckins.byPerson(file);
    List<String> names = List.copyOf(people.keySet());
    Map<String, Map<String, String>> sampled = new java.util.HashMap<>();
    Random random = new Random(SEED);
    random
        .ints(40, 0, names.size())
        .mapToObj(names::get)
        .forEach(name -> sampled.put(name, people.get(name)));
    String busiest =
        names.stream()
            .max(java.util.Comparator.comparing(name -> people.get(name).size()))
            .orElseThrow();
    sampled.put(busiest, people.get(busiest));
    everyTimelineIs(sampled, "gowalla");
  }

  private void everyTimelineIs(Map<String, Map<String, String>> expected, String tenant) {
    try (ImportedData imported = new ImportedData(data)) {
      expected.forEach(
          (person, events) -> assertThat(imported.of(tenant, person)).as(person).isEqualTo(events));
      assertThat(imported.of(tenant, "nobody@bygg.example")).isEmpty();
    }
  }

  private Said imported(String... files) {
    String[] arguments = new String[files.length + 3];
    arguments[0] = "import";
    arguments[1] = "--data";
    arguments[2] = data.toString();
    System.arraycopy(files, 0, arguments, 3, files.length);
    return Said.by(arguments);
  }

  private static List<String> leftBeside(Path file) throws IOException {
    try (var files = Files.list(file.getParent())) {
      return files
          .map(left -> left.getFileName().toString())
          .filter(name -> name.matches(".*\\.(progress|rejected|new)"))
          .toList();
    }
  }

  /// @return what turns the real data into events, where it lies beside the repository or one of
  // its folders
  private static @Nullable Path script() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path shared = at.resolve("shared");
      if (Files.isDirectory(shared.resolve("data"))
          && Files.exists(shared.resolve("tools/to_cloudevents.py"))) {
        return shared.resolve("tools/to_cloudevents.py");
      }
    }
    return null;
  }

  private static String sha256(List<String> lines) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    lines.forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(digest.digest());
  }
}
