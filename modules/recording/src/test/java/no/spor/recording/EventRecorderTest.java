package no.spor.recording;

import static no.spor.recording.RecordingNode.EMITTER;
import static no.spor.recording.RecordingNode.OPERATOR;
import static no.spor.recording.RecordingNode.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.spor.activity.PersonId;
import no.spor.activity.Role;
import no.spor.conformance.FaultyLedgerStore;
import no.spor.conformance.InMemoryLedgerStore;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.LedgerStoreException;
import no.spor.recording.Recorder.Result;
import no.spor.recording.Recorder.Submission;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.vault.PersonState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventRecorderTest {
  private static final String DATA =
      "{\"user\":\"ola@bygg.no\",\"site\":\"23261\",\"siteName\":\"Barcode B13\",\"p\":[1.50,-0,\"\\u0000\"]}";

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

  static String checkin(String id, String data) {
    return event(id, "site.checkin", "2026-11-22T07:31:00Z", data);
  }

  static String event(String id, String type, String time, String data) {
    return "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/app\",\"type\":\"%s\",\"time\":\"%s\",\"data\":%s}"
        .formatted(id, type, time, data);
  }

  private static Result.Recorded at(long position) {
    return new Result.Recorded(position, false, false);
  }

  private static Result.Recorded duplicateOf(long position) {
    return new Result.Recorded(position, true, false);
  }

  private static String slug(Result result) {
    return result instanceof Result.Rejected rejected ? rejected.problem().slug() : "" + result;
  }

  @Test
  void whatComesInInAnyFormIsReadBackAsItWas() {
    Object data = RawJson.parse(utf8(DATA));
    assertThat(node.one(checkin("1", DATA))).isEqualTo(at(0));
    Submission binary =
        new Submission.Binary(
            Map.of(
                "specversion", "1.0",
                "id", "2",
                "source", "/app",
                "type", "site.checkin",
                "time", "2026-11-22T07:31:00Z",
                "datacontenttype", "application/json"),
            utf8(" " + DATA + "\r\n"));
    assertThat(node.recorder.record(EMITTER, binary, false)).containsExactly(at(1));
    Submission batch =
        new Submission.Batch(utf8(" [ " + checkin("3", DATA) + " , " + checkin("4", DATA) + " ] "));
    assertThat(node.recorder.record(EMITTER, batch, false)).containsExactly(at(2), at(3));
    assertThat(node.lines("\n" + checkin("5", DATA) + "\r\n  \n" + checkin("6", DATA)))
        .containsExactly(at(4), at(5));
    for (int position = 0; position < 6; position++) {
      assertThat(node.data(position)).isEqualTo(data);
      assertThat(node.header(position).id()).isEqualTo("" + (position + 1));
      assertThat(node.header(position).roles()).containsExactly(Role.ACTOR, Role.COMPANY);
      assertThat(node.header(position).facets()).isEqualTo(Map.of("/site", "23261"));
      assertThat(node.record(position).stream()).isEqualTo("bygg-as");
    }
  }

  @Test
  void theAttributesThatAreNotTheRecordsOwnAreSealedWithTheFirstPerson() {
    String event =
        checkin("1", DATA)
            .replace(
                "\"id\"",
                "\"subject\":\"Ola\",\"traceparent\":\"00-4b\",\"n\":5,\"gone\":null,\"dataschema\":\"/s\","
                    + "\"datacontenttype\":\"application/vnd.x+json; charset=utf-8\",\"id\"");
    node.one(event);
    assertThat(node.attributes(0))
        .isEqualTo(
            "{\"subject\":\"Ola\",\"traceparent\":\"00-4b\",\"n\":5,\"dataschema\":\"/s\","
                + "\"datacontenttype\":\"application/vnd.x+json; charset=utf-8\"}");
    assertThat(node.data(0)).isEqualTo(RawJson.parse(utf8(DATA)));
    node.one(
        checkin("2", DATA).replace("\"id\"", "\"datacontenttype\":\"application/json\",\"id\""));
    assertThat(node.attributes(1)).isNull();
  }

  @Test
  void anEventIsRecordedOnceWithinARequestAndBetweenRequests() {
    String again = checkin("1", "{\"user\":\"kari@bygg.no\"}");
    assertThat(node.lines(checkin("1", DATA) + "\n" + again + "\n" + checkin("2", DATA)))
        .containsExactly(at(0), duplicateOf(0), at(1));
    assertThat(node.one(again)).isEqualTo(duplicateOf(0));
    assertThat(node.one(checkin("1", DATA).replace("/app", "/other"))).isEqualTo(at(2));
    assertThat(node.data(0)).isEqualTo(RawJson.parse(utf8(DATA)));
  }

  @Test
  void whoeverSendsTheSameEventsAtTheSameTimeEachIsRecordedOnce() throws Exception {
    String lines =
        IntStream.range(0, 700)
            .mapToObj(i -> checkin("e" + i, DATA))
            .collect(Collectors.joining("\n"));
    List<Callable<List<Result>>> senders =
        IntStream.range(0, 8)
            .<Callable<List<Result>>>mapToObj(i -> () -> node.lines(lines))
            .toList();
    List<List<Result>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var future : threads.invokeAll(senders)) {
        all.add(future.get());
      }
    }
    assertThat(node.ledger.size()).isEqualTo(700);
    for (int i = 0; i < 700; i++) {
      int event = i;
      List<Result.Recorded> results =
          all.stream().map(one -> (Result.Recorded) one.get(event)).toList();
      assertThat(results)
          .extracting(Result.Recorded::position)
          .containsOnly(results.getFirst().position());
      assertThat(results).filteredOn(one -> !one.duplicate()).hasSize(1);
      assertThat(node.header(results.getFirst().position()).id()).isEqualTo("e" + i);
    }
  }

  @Test
  void anEventOfAnErasedPersonIsRefusedAndNothingOfItIsKept() {
    node.one(checkin("1", DATA));
    node.erase("ola@bygg.no");
    assertThat(slug(node.one(checkin("2", DATA)))).isEqualTo("person-erased");
    String old =
        event("3", "login.succeeded", "2020-01-01T00:00:00Z", "{\"user\":\"ola@bygg.no\"}");
    assertThat(slug(node.one(old))).isEqualTo("person-erased");
    assertThat(node.ledger.size()).isEqualTo(1);
  }

  @Test
  void nothingIsSealedForADuplicate() {
    assertThat(node.one(checkin("1", DATA))).isEqualTo(at(0));
    String other = DATA.replace("ola@bygg.no", "kari@bygg.no");
    assertThat(node.lines(checkin("2", DATA) + "\n" + checkin("1", other) + "\n"))
        .containsExactly(at(1), duplicateOf(0));
    assertThat(node.state("kari@bygg.no")).isEqualTo(PersonState.NEVER_SEEN);
    assertThat(node.state("ola@bygg.no")).isEqualTo(PersonState.ACTIVE);
  }

  @Test
  void whatStandsIsADuplicateEvenWhenItsPersonIsErasedSince() {
    node.one(checkin("1", DATA));
    node.erase("ola@bygg.no");
    assertThat(node.one(checkin("1", DATA))).isEqualTo(duplicateOf(0));
    assertThat(node.atomic("[" + checkin("1", DATA) + "]")).containsExactly(duplicateOf(0));
  }

  @Test
  void aPersonErasedBetweenSealingAndAppendingIsNotRecorded() {
    List<String> erase = new ArrayList<>();
    RecordingNode[] late = new RecordingNode[1];
    UnaryOperator<Ledger> erasing =
        ledger ->
            (Ledger)
                Proxy.newProxyInstance(
                    Ledger.class.getClassLoader(),
                    new Class<?>[] {Ledger.class},
                    (proxy, method, arguments) -> {
                      erase.forEach(late[0]::erase);
                      try {
                        return method.invoke(ledger, arguments);
                      } catch (InvocationTargetException e) {
                        throw e.getCause();
                      }
                    });
    try (RecordingNode racing =
        new RecordingNode(folder, new InMemoryLedgerStore(UUID.randomUUID()), erasing)) {
      late[0] = racing;
      erase.add("ola@bygg.no");
      List<Result> results =
          racing.lines(checkin("1", DATA) + "\n" + checkin("2", "{\"user\":\"kari@bygg.no\"}"));
      assertThat(slug(results.get(0))).isEqualTo("person-erased");
      assertThat(results.get(1)).isEqualTo(at(0));
      assertThat(racing.ledger.size()).isEqualTo(1);
    }
  }

  @Test
  void anEventOlderThanItsRetentionIsRecordedWithItsPayloadDiscarded() {
    String data = "{\"user\":\"ola@bygg.no\",\"app\":\"web\"}";
    String old = event("1", "login.succeeded", "2026-10-31T23:59:59Z", data);
    String young = event("2", "login.succeeded", "2026-11-01T00:00:00Z", data);
    assertThat(node.one(old)).isEqualTo(new Result.Recorded(0, false, true));
    assertThat(node.one(young)).isEqualTo(at(1));
    assertThat(node.one(old)).isEqualTo(duplicateOf(0));
    assertThat(node.record(0).parts()).containsExactly(new RecordPart.None());
    assertThat(node.header(0).facets()).isEqualTo(Map.of("/app", "web"));
    assertThat(node.data(1)).isEqualTo(RawJson.parse(utf8(data)));
  }

  @Test
  void anAtomicRequestIsRecordedAsAWholeOrNotAtAll() {
    String good = checkin("1", DATA);
    String bad = checkin("2", "{\"user\":true}");
    assertThat(node.atomic("[" + good + "," + bad + "]"))
        .extracting(EventRecorderTest::slug)
        .containsExactly("atomic-rejected", "invalid-person");
    node.erase("kari");
    assertThat(node.atomic("[" + good + "," + checkin("3", "{\"user\":\"kari\"}") + "]"))
        .extracting(EventRecorderTest::slug)
        .containsExactly("atomic-rejected", "person-erased");
    assertThat(node.ledger.size()).isZero();

    String whole = "[" + good + "," + checkin("4", DATA) + "," + good + "]";
    assertThat(node.atomic(whole)).containsExactly(at(0), at(1), duplicateOf(0));
    assertThat(node.atomic(whole))
        .as("said again after a lost answer")
        .containsExactly(duplicateOf(0), duplicateOf(1), duplicateOf(0));
    List<Result> part = node.atomic("[" + good + "," + checkin("5", DATA) + "]");
    assertThat(part.get(0)).isEqualTo(duplicateOf(0));
    assertThat(slug(part.get(1))).isEqualTo("atomic-rejected");
    assertThat(node.ledger.size()).isEqualTo(2);
  }

  @Test
  void anAtomicRequestThatDoesNotFitOneBlockIsTooLarge() {
    String full =
        IntStream.range(0, 256)
            .mapToObj(i -> checkin("f" + i, DATA))
            .collect(Collectors.joining(","));
    assertThat(node.atomic("[" + full + "]"))
        .hasSize(256)
        .allMatch(Result.Recorded.class::isInstance);
    rejected("atomic-too-large", () -> node.atomic("[" + full + "," + checkin("x", DATA) + "]"));
    String large = checkin("l", "{\"user\":\"o\",\"x\":\"" + "y".repeat(250_000) + "\"}");
    String five =
        IntStream.range(0, 5)
            .mapToObj(i -> large.replace("\"l\"", "\"l" + i + "\""))
            .collect(Collectors.joining(","));
    rejected("atomic-too-large", () -> node.atomic("[" + five + "]"));
    assertThat(node.ledger.size()).isEqualTo(256);
  }

  @Test
  void aKeyOfOneTenantDoesNotReachAnother() {
    String foreign = checkin("1", DATA).replace("\"id\"", "\"tenant\":\"annen-as\",\"id\"");
    assertThat(slug(node.one(foreign))).isEqualTo("no-such-tenant");
    assertThat(slug(node.one(foreign.replace("annen-as", "ingen")))).isEqualTo("no-such-tenant");
    assertThat(node.one(foreign.replace("annen-as", "bygg-as"))).isEqualTo(at(0));

    Submission named = new Submission.Structured(utf8(foreign));
    assertThat(node.recorder.record(OPERATOR, named, false)).containsExactly(at(1));
    assertThat(node.record(1).stream()).isEqualTo("annen-as");
    Submission unnamed = new Submission.Structured(utf8(checkin("2", DATA)));
    assertThat(slug(node.recorder.record(OPERATOR, unnamed, false).getFirst()))
        .isEqualTo("missing-attribute");
    Submission unknown =
        new Submission.Structured(utf8(foreign.replace("annen-as", "ola@bygg.no")));
    assertThat(slug(node.recorder.record(OPERATOR, unknown, false).getFirst()))
        .isEqualTo("no-such-tenant");
  }

  @ParameterizedTest
  @EnumSource(value = AccessRole.class, names = "EMITTER", mode = EnumSource.Mode.EXCLUDE)
  void onlyEmittersRecord(AccessRole role) {
    rejected(
        "forbidden",
        () ->
            node.recorder.record(
                new Access("k", role, null),
                new Submission.Structured(utf8(checkin("1", DATA))),
                false));
  }

  @Test
  void anUnknownTypeIsRefusedOrPrivateAsAWhole() {
    String unknown =
        event("1", "what.ever", "2026-11-22T07:31:00Z", "{\"user\":\"ola\",\"app\":\"web\"}");
    assertThat(slug(node.one(unknown))).isEqualTo("unknown-event-type");
    Access lenient = new Access("k", AccessRole.EMITTER, "annen-as");
    assertThat(node.recorder.record(lenient, new Submission.Structured(utf8(unknown)), false))
        .containsExactly(at(0));
    assertThat(node.header(0).retention()).isEqualTo("session");
    assertThat(node.header(0).facets()).isEmpty();
    assertThat(node.header(0).roles()).containsExactly(Role.ACTOR);
    String odd = unknown.replace("what.ever", "what ever?");
    assertThat(
            slug(
                node.recorder
                    .record(lenient, new Submission.Structured(utf8(odd)), false)
                    .getFirst()))
        .isEqualTo("unknown-event-type");
  }

  @Test
  void sporsOwnEventsAreSporsToRecord() {
    for (String type : List.of("personal-data.viewed", "spor.erased", "personal-data.x")) {
      assertThat(slug(node.one(event("1", type, "2026-11-22T07:31:00Z", DATA))))
          .isEqualTo("reserved-event");
    }
    assertThat(slug(node.one(checkin("1", DATA).replace("/app", "/spor"))))
        .isEqualTo("reserved-event");
    assertThat(slug(node.one(checkin("1", DATA).replace("/app", "/spor/x"))))
        .isEqualTo("reserved-event");

    byte[] viewed = utf8("{\"reader\":\"k7\",\"person\":\"ola@bygg.no\",\"role\":\"officer\"}");
    long position = node.recorder.recordOwn("bygg-as", "personal-data.viewed", viewed);
    assertThat(node.header(position).source()).isEqualTo("/spor");
    assertThat(node.header(position).time()).isEqualTo(RecordingNode.NOW);
    assertThat(node.data(position)).isEqualTo(RawJson.parse(viewed));
    assertThat(node.recorder.recordOwn("bygg-as", "personal-data.viewed", viewed))
        .isNotEqualTo(position);
    rejected("unknown-event-type", () -> node.recorder.recordOwn("bygg-as", "spor.x", viewed));
    rejected(
        "no-such-tenant", () -> node.recorder.recordOwn("ingen", "personal-data.viewed", viewed));
  }

  @Test
  void dataInBinaryModeCannotBecomeMoreThanData() {
    Map<String, String> attributes =
        Map.of(
            "specversion",
            "1.0",
            "id",
            "1\",\"tenant\":\"annen-as",
            "source",
            "/app",
            "type",
            "site.checkin",
            "time",
            "2026-11-22T07:31:00Z");
    assertThat(node.recorder.record(EMITTER, new Submission.Binary(attributes, utf8(DATA)), false))
        .containsExactly(at(0));
    assertThat(node.header(0).id()).isEqualTo("1\",\"tenant\":\"annen-as");
    for (String data :
        List.of(
            DATA + ",\"subject\":\"x\"", "{},\"x\":{}", "", " ", DATA + DATA, "{}}", "{", "{}//")) {
      rejected(
          "malformed-json",
          () ->
              node.recorder.record(EMITTER, new Submission.Binary(attributes, utf8(data)), false));
    }
    assertThat(node.ledger.size()).isEqualTo(1);
  }

  @Test
  void aStoreThatFailsFailsTheRequestAndTheNextOneIsTaken() {
    FaultyLedgerStore store = new FaultyLedgerStore(new InMemoryLedgerStore(UUID.randomUUID()));
    try (RecordingNode failing = new RecordingNode(folder, store, UnaryOperator.identity())) {
      store.next(FaultyLedgerStore.Fault.notSaved());
      assertThatExceptionOfType(LedgerStoreException.class)
          .isThrownBy(() -> failing.one(checkin("1", DATA)));
      assertThat(failing.one(checkin("1", DATA))).isEqualTo(at(0));
    }
  }

  @Test
  void whatWasRecordedIsADuplicateAfterARestart() {
    var store = new InMemoryLedgerStore(UUID.randomUUID());
    try (RecordingNode first = new RecordingNode(folder, store, UnaryOperator.identity())) {
      first.lines(checkin("1", DATA) + "\n" + checkin("2", DATA));
    }
    try (RecordingNode second = new RecordingNode(folder, store, UnaryOperator.identity())) {
      assertThat(second.lines(checkin("2", DATA) + "\n" + checkin("3", DATA)))
          .containsExactly(duplicateOf(1), at(2));
    }
  }

  @Test
  void nothingPersonalStandsInTheHeader() {
    String marker = "MARKER";
    String data =
        "{\"user\":\"MARKER1\",\"site\":\"1\",\"siteName\":\"MARKER2\",\"p\":{\"MARKER3\":[\"MARKER4\"]}}";
    String event =
        checkin("1", data).replace("\"id\"", "\"subject\":\"MARKER5\",\"ext\":\"MARKER6\",\"id\"");
    node.one(event);
    assertThat(new String(node.record(0).header(), StandardCharsets.ISO_8859_1))
        .doesNotContain(marker);
    for (RecordPart part : node.record(0).parts()) {
      assertThat(new String(((RecordPart.Kept) part).bytes(), StandardCharsets.ISO_8859_1))
          .doesNotContain(marker);
    }
    assertThat(new PersonId(PersonId.Namespace.ACCOUNT, marker).toString()).doesNotContain(marker);
  }

  static void rejected(String slug, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(RejectedRequestException.class).isThrownBy(call).withMessage(slug);
  }
}
