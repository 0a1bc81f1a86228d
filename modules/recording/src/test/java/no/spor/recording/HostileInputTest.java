package no.spor.recording;

import static no.spor.recording.EventRecorderTest.checkin;
import static no.spor.recording.EventRecorderTest.event;
import static no.spor.recording.EventRecorderTest.rejected;
import static no.spor.recording.RecordingNode.EMITTER;
import static no.spor.recording.RecordingNode.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import no.spor.recording.Recorder.Result;
import no.spor.recording.Recorder.Submission;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostileInputTest {
  private static final String MARKER = "MARKER";
  private static final String DATA =
      "{\"user\":\"MARKER@bygg.no\",\"site\":\"23261\",\"siteName\":\"MARKER B13\",\"p\":{\"lat\":59.9,\"lon\":10.7},\"l\":[1,true,null,\"\\u00e5\"]}";
  private static final String EVENT = checkin("0192f0c1", DATA);
  private static final Set<String> DOCUMENTED =
      Problems.ALL.stream().map(Problem::slug).collect(Collectors.toSet());

  @TempDir Path folder;
  private RecordingNode node;

  @BeforeEach
  void open() {
    node = new RecordingNode(folder);
  }

  @AfterEach
  void close() {
    node.close();
  }

  /// @return the slug of the answer, or "recorded"
  private String answer(Submission submission) {
    return answer(submission, false);
  }

  private String answer(Submission submission, boolean atomic) {
    Problem problem;
    try {
      Result result = node.recorder.record(EMITTER, submission, atomic).getFirst();
      if (result instanceof Result.Recorded) {
        return "recorded";
      }
      problem = ((Result.Rejected) result).problem();
    } catch (RejectedRequestException e) {
      assertThat(e).hasNoCause();
      problem = e.problem();
    }
    assertThat(problem.detail()).doesNotContain(MARKER);
    assertThat(problem.status()).isBetween(400, 499);
    return problem.slug();
  }

  private String answer(String event) {
    return answer(new Submission.Structured(utf8(event)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"specversion\":\"1.0\",            | | missing-attribute",
        "\"specversion\":\"1.0\"             | \"specversion\":null    | missing-attribute",
        "\"specversion\":\"1.0\"             | \"specversion\":\"0.3\" | unsupported-specversion",
        "\"specversion\":\"1.0\"             | \"specversion\":1.0     | unsupported-specversion",
        "\"id\":\"0192f0c1\",                | | missing-attribute",
        "\"id\":\"0192f0c1\"                 | \"id\":\"\"             | invalid-attribute",
        "\"id\":\"0192f0c1\"                 | \"id\":5                | invalid-attribute",
        "\"id\":\"0192f0c1\"                 | \"id\":[\"x\"]          | invalid-attribute",
        "\"id\":\"0192f0c1\"                 | \"id\":\"a\\u0000b\"    | invalid-attribute",
        "\"id\":\"0192f0c1\"                 | \"id\":\"\\ud800\"      | lone-surrogate",
        "\"source\":\"/app\",                | | missing-attribute",
        "\"source\":\"/app\"                 | \"source\":\"a b\"      | invalid-attribute",
        "\"source\":\"/app\"                 | \"source\":\"\"         | invalid-attribute",
        "\"source\":\"/app\"                 | \"source\":\"/spor\"    | reserved-event",
        "\"source\":\"/app\"                 | \"source\":\"\\u002fspor\" | reserved-event",
        "\"type\":\"site.checkin\",          | | missing-attribute",
        "\"type\":\"site.checkin\"           | \"type\":{}             | invalid-attribute",
        "\"type\":\"site.checkin\"           | \"type\":\"MARKER\"     | unknown-event-type",
        "\"time\":\"2026-11-22T07:31:00Z\",  | | missing-attribute",
        "\"time\":\"2026-11-22T07:31:00Z\"   | \"time\":1700000000     | invalid-time",
        "2026-11-22T07:31:00Z                | 2026-11-22T24:00:00Z    | invalid-time",
        "2026-11-22T07:31:00Z                | 2026-11-22              | invalid-time",
        "2026-11-22T07:31:00Z                | 2026-11-22T12:05:00.000000001Z | time-in-future",
        "2026-11-22T07:31:00Z                | 2261-01-01T00:00:00Z    | time-in-future",
        "\"id\":                             | \"tenant\":5,\"id\":    | invalid-attribute",
        "\"id\":                             | \"tenant\":\"annen-as\",\"id\": | no-such-tenant",
        "\"id\":                             | \"tenant\":\"../x\",\"id\": | no-such-tenant",
        "\"id\":                             | \"id\":\"x\",\"id\":    | duplicate-member",
        "\"id\":                             | \"subject\":{},\"id\":  | invalid-attribute",
        "\"id\":                             | \"ext\":[1],\"id\":     | invalid-attribute",
        "\"id\":                             | \"datacontenttype\":\"text/xml\",\"id\": | unsupported-data",
        "\"id\":                             | \"datacontenttype\":7,\"id\": | invalid-attribute",
        "\"id\":                             | \"data_base64\":\"e30=\",\"id\": | unsupported-data",
        "\"data\":{                          | \"data\":[{              | malformed-json",
        "\"user\":\"MARKER@bygg.no\"         | \"user\":{\"id\":1}     | invalid-person",
        "\"user\":\"MARKER@bygg.no\"         | \"user\":1.5            | invalid-person",
        "\"user\":\"MARKER@bygg.no\"         | \"user\":\"a\",\"user\":\"b\" | duplicate-member",
        "\"user\":\"MARKER@bygg.no\"         | \"user\":\"\\udfff\"    | lone-surrogate",
        "59.9                                | 059.9                   | malformed-json",
        "59.9                                | NaN                     | malformed-json"
      })
  void whatIsWrongIsNamed(String part, String by, String slug) {
    String event = EVENT.replace(part.strip(), by == null ? "" : by.strip());
    assertThat(event).isNotEqualTo(EVENT);
    assertThat(answer(event)).isEqualTo(slug);
    assertThat(node.ledger.size()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"data\":null   | invalid-data",
        "\"data\":[]     | invalid-data",
        "\"data\":\"{}\" | invalid-data",
        "\"data\":5      | invalid-data",
        "\"Data\":5      | missing-attribute"
      })
  void dataIsAnObject(String data, String slug) {
    assertThat(answer(EVENT.replace("\"data\":" + DATA, data))).isEqualTo(slug);
    assertThat(node.ledger.size()).isZero();
  }

  @Test
  void eachLimitHasItsErrorAndIsExact() {
    int frame = checkin("1", "{\"x\":\"\"}").length();
    String largest = checkin("1", "{\"x\":\"" + "y".repeat((256 << 10) - frame) + "\"}");
    assertThat(answer(largest + " ")).isEqualTo("event-too-large");
    assertThat(answer(largest)).isEqualTo("recorded");
    assertThat(answer(checkin("2", nested(31)))).isEqualTo("recorded");
    assertThat(answer(checkin("3", nested(32)))).isEqualTo("nesting-too-deep");
    assertThat(answer(checkin("4", "{\"n\":" + "9".repeat(1001) + "}")))
        .isEqualTo("number-too-long");
    assertThat(answer(checkin("5", "{\"site\":\"" + "y".repeat(33_000) + "\"}")))
        .isEqualTo("clear-fields-too-large");
    assertThat(answer(checkin("6", "{\"site\":\"" + "y".repeat(32_000) + "\"}")))
        .isEqualTo("recorded");
    // Where the ledger's limit lies does not show: it is ours that is met.
    for (int length = 32_500; length < 32_700; length++) {
      assertThat(answer(checkin("6-" + length, "{\"site\":\"" + "y".repeat(length) + "\"}")))
          .isIn("recorded", "clear-fields-too-large");
    }
    assertThat(answer(checkin("i".repeat(1025), "{}"))).isEqualTo("invalid-attribute");
    assertThat(answer(checkin("i".repeat(1024), "{}"))).isEqualTo("recorded");
    assertThat(answer(event("7", "site.checkin", "2026-11-22T12:05:00Z", "{}")))
        .isEqualTo("recorded");
    long size = node.ledger.size();

    String line = checkin("x", "{}") + "\n";
    assertThat(answer(new Submission.Lines(utf8(line.repeat(10_001)))))
        .isEqualTo("too-many-events");
    assertThat(answer(new Submission.Batch(utf8("[" + "{},".repeat(10_000) + "{}]"))))
        .isEqualTo("too-many-events");
    byte[] blank = new byte[(16 << 20) + 1];
    Arrays.fill(blank, (byte) ' ');
    assertThat(answer(new Submission.Structured(blank))).isEqualTo("request-too-large");
    assertThat(answer(new Submission.Lines(blank))).isEqualTo("request-too-large");
    assertThat(answer(new Submission.Batch(blank))).isEqualTo("request-too-large");
    assertThat(answer(new Submission.Binary(Map.of(), blank))).isEqualTo("request-too-large");
    assertThat(node.ledger.size()).isEqualTo(size);
    assertThat(node.lines(line.repeat(10_000))).hasSize(10_000);
  }

  private static String nested(int depth) {
    return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
  }

  @Test
  void aBatchOrLineThatIsWrongHarmsOnlyItselfUnlessNothingIsJson() {
    Submission batch = new Submission.Batch(utf8("[5, \"x\", null, [], {}, " + EVENT + "]"));
    assertThat(node.recorder.record(EMITTER, batch, false))
        .extracting(r -> r instanceof Result.Rejected bad ? bad.problem().slug() : "recorded")
        .containsExactly(
            "not-an-event",
            "not-an-event",
            "not-an-event",
            "not-an-event",
            "missing-attribute",
            "recorded");
    assertThat(
            node.lines("{\n" + checkin("2", DATA) + "\n\u0000\n" + checkin("3", DATA) + "\nnull"))
        .extracting(r -> r instanceof Result.Rejected bad ? bad.problem().slug() : "recorded")
        .containsExactly(
            "malformed-json", "recorded", "malformed-json", "recorded", "not-an-event");
    long size = node.ledger.size();
    for (String none : List.of("", " \n ", "{", "x\ny\n", "\ufeff" + checkin("4", DATA))) {
      rejected("malformed-json", () -> node.lines(none));
    }
    for (String none :
        List.of(
            "",
            "[",
            "[{}",
            "[{},]",
            "[,{}]",
            "[{}]]",
            "[{}] x",
            "[" + checkin("5", DATA) + ",{]",
            "{",
            "x")) {
      rejected(
          "malformed-json",
          () -> node.recorder.record(EMITTER, new Submission.Batch(utf8(none)), false));
    }
    rejected(
        "not-a-batch",
        () -> node.recorder.record(EMITTER, new Submission.Batch(utf8(EVENT)), false));
    assertThat(node.recorder.record(EMITTER, new Submission.Batch(utf8(" [ ] ")), false)).isEmpty();
    assertThat(node.ledger.size()).isEqualTo(size);
  }

  @Test
  void deepAndHugeInputsAreRefusedInBoundedMemory() {
    int most = 16 << 20;
    for (String unit : List.of("[", "{\"a\":", "\"", "{", "1", "\\", ",", "[[],", "\u00e5")) {
      String text = unit.repeat(most / utf8(unit).length);
      for (Submission hostile :
          List.of(
              new Submission.Structured(utf8(text)),
              new Submission.Batch(utf8(text)),
              new Submission.Lines(utf8(text)))) {
        assertThat(DOCUMENTED).contains(answer(hostile));
      }
    }
    assertThat(node.ledger.size()).isZero();
  }

  @Test
  void mutationsOfAnEventAreRecordedOrRefusedForADocumentedReason() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Set<String> seen = new TreeSet<>();
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] hostile = mutate(random, utf8(EVENT));
      Submission submission =
          switch (random.nextInt(4)) {
            case 0 -> new Submission.Structured(hostile);
            case 1 -> new Submission.Lines(hostile);
            case 2 -> new Submission.Batch(join(utf8("["), hostile, utf8("]")));
            default ->
                new Submission.Binary(
                    Map.of(
                        "specversion",
                        "1.0",
                        "id",
                        "" + round,
                        "source",
                        "/app",
                        "type",
                        "site.checkin",
                        "time",
                        "2026-11-22T07:31:00Z"),
                    mutate(random, utf8(DATA)));
          };
      long before = node.ledger.size();
      String slug = answer(submission, random.nextInt(8) == 0);
      seen.add(slug);
      if (!slug.equals("recorded")) {
        refused++;
        assertThat(DOCUMENTED).as("seed %d, round %d", seed, round).contains(slug);
        if (!(submission instanceof Submission.Lines || submission instanceof Submission.Batch)) {
          assertThat(node.ledger.size()).as("seed %d, round %d", seed, round).isEqualTo(before);
        }
      }
    }
    assertThat(refused).as("seed %d: %s", seed, seen).isGreaterThan(10_000);
    assertThat(seen)
        .contains("malformed-json", "missing-attribute", "duplicate-member", "recorded");
  }

  private static final String[] SNIPPETS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\ud800",
    "\\u0000",
    "null",
    "1E400",
    "-",
    "[[[[[[",
    "{\"a\":",
    "\"user\":\"x\",",
    "\"id\":1,",
    "\ufeff",
    "\u2028",
    "9".repeat(1200),
    "true",
    "\n"
  };

  private static byte[] mutate(Random random, byte[] event) {
    byte[] bytes = event;
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, at + 1 + random.nextInt(12));
      byte[] head = Arrays.copyOf(bytes, at);
      byte[] tail = Arrays.copyOfRange(bytes, at, bytes.length);
      bytes =
          switch (random.nextInt(6)) {
            case 0 -> join(head, new byte[] {(byte) random.nextInt()}, tail);
            case 1 -> join(head, utf8(SNIPPETS[random.nextInt(SNIPPETS.length)]), tail);
            case 2 ->
                join(
                    head,
                    Arrays.copyOfRange(bytes, to, bytes.length),
                    new byte[1 & random.nextInt(9) / 8]);
            case 3 -> join(head, Arrays.copyOfRange(bytes, at, to), tail);
            case 4 -> dropMember(random, bytes);
            default ->
                join(
                    head,
                    new byte[] {(byte) (0x80 | random.nextInt(128)), (byte) random.nextInt()},
                    tail);
          };
      if (bytes.length == 0) {
        return new byte[] {' '};
      }
    }
    return bytes;
  }

  /// Leaves out a member at one of the commas, or says it twice.
  private static byte[] dropMember(Random random, byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String[] members = text.split(",", -1);
    int one = random.nextInt(members.length);
    members[one] = random.nextBoolean() ? members[one] + "," + members[one] : null;
    return Arrays.stream(members)
        .filter(member -> member != null)
        .collect(Collectors.joining(","))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(byte[]... pieces) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    Arrays.stream(pieces).forEach(whole::writeBytes);
    return whole.toByteArray();
  }

  @Test
  void theReadmeListsEveryProblemWithItsStatus() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("README.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.split("\\|")[1].strip() + line.split("\\|")[2].strip())
            .toList();
    assertThat(rows)
        .containsExactlyInAnyOrderElementsOf(
            Problems.ALL.stream().map(p -> "`" + p.slug() + "`" + p.status()).toList());
  }
}
