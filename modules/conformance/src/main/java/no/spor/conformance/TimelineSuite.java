package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import no.spor.activity.TimelineEntry;
import no.spor.conformance.TimelineNode.Opening;
import no.spor.insight.InvalidQueryException;
import no.spor.insight.Timeline.Event;
import no.spor.insight.Timeline.Page;
import no.spor.insight.Timeline.Question;
import no.spor.ledger.LedgerStaleException;
import no.spor.ledger.PartAddress;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.PeriodId;
import no.spor.vault.SealOutcome.Sealed;
import org.junit.jupiter.api.Test;

/// The timeline from end to end over one kind of stores: sealed, appended, projected, found,
/// opened. A subclass gives a fixture.
public abstract class TimelineSuite extends TimelineStage {

  @Test
  void whatWasRecordedIsReadBack() {
    Instant before = Instant.now();
    node.record(
        checkin("e-1", OLA)
            .company("{\"siteName\":\"Barcode B13\"}", "{\"dataschema\":\"x\"}")
            .facet("/site", "23261")
            .at(NOON.plusNanos(123)));
    Event event = ask(question(null)).events().getFirst();
    assertThat(event.position()).isZero();
    assertThat(event.sequence()).isZero();
    assertThat(event.id()).isEqualTo("e-1");
    assertThat(event.source()).isEqualTo("/app");
    assertThat(event.type()).isEqualTo("site.checkin");
    assertThat(event.time()).isEqualTo(NOON.plusNanos(123));
    assertThat(event.recordedAt()).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
    assertThat(event.tenant()).isEqualTo(A);
    assertThat(event.retention()).isEqualTo("history");
    assertThat(event.facets()).containsExactly(Map.entry("/site", "23261"));
    assertThat(shown(event))
        .containsExactly(
            "actor open {\"user\":\"ola@bygg.no\"}", "company open {\"siteName\":\"Barcode B13\"}");
    assertThat(event.parts().getFirst().attributes()).isNull();
    assertThat(event.parts().getLast().attributes()).asString().isEqualTo("{\"dataschema\":\"x\"}");
  }

  @Test
  void anAuditorSeesWhatIsClearAndTheCompanysAndNothingPersonal() {
    node.record(
        checkin("1", OLA).subject(KARI, "{\"s\":1}").company("{\"c\":1}").facet("/site", "1"),
        new SampleActivity("2").visitor("10.1.2.3", "{\"ip\":\"10.1.2.3\"}"));
    Page page = node.timeline.query(AUDITOR, null, question(null));
    assertThat(page.events().stream().map(TimelineStage::shown))
        .containsExactly(
            List.of("visitor denied"),
            List.of("actor denied", "subject denied", "company open {\"c\":1}"));
    assertThat(page.events().getLast().facets()).containsEntry("/site", "1");
    assertThat(node.openings).as("nothing personal was opened").isEmpty();
  }

  @Test
  void whoMayNotReadIsRefusedHereToo() {
    node.record(checkin("1", OLA));
    for (AccessRole role : List.of(AccessRole.EMITTER, AccessRole.ADMIN)) {
      Access access = new Access("key", role, A);
      assertThatThrownBy(() -> node.timeline.query(access, "why", question(null)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> node.timeline.event(access, "why", A, 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
    Access other = new Access("key", AccessRole.OFFICER, B);
    assertThatThrownBy(() -> node.timeline.query(other, "why", question(null)))
        .isInstanceOf(IllegalArgumentException.class);
    for (String purpose : new String[] {null, "", " "}) {
      assertThatThrownBy(() -> node.timeline.query(OFFICER, purpose, question(null)))
          .isInstanceOf(InvalidQueryException.class);
      assertThatThrownBy(() -> node.timeline.event(OFFICER, purpose, A, 0))
          .isInstanceOf(InvalidQueryException.class);
    }
    assertThat(node.openings).isEmpty();
  }

  @Test
  void aNodeThatDoesNotKnowTheNewestBlockShowsNothing() {
    node.record(checkin("1", OLA));
    node.passedNanos.addAndGet(TimelineNode.FRESH.toNanos());
    assertThat(ask(question(OLA)).events()).hasSize(1);
    int openings = node.openings.size();
    node.passedNanos.incrementAndGet();
    assertThatThrownBy(() -> ask(question(OLA))).isInstanceOf(LedgerStaleException.class);
    assertThatThrownBy(() -> ask(question(null))).isInstanceOf(LedgerStaleException.class);
    assertThatThrownBy(() -> node.timeline.event(OFFICER, "why", A, 0))
        .isInstanceOf(LedgerStaleException.class);
    assertThat(node.openings).as("nothing was handed out").hasSize(openings);
    node.record(checkin("2", OLA)); // written right after the newest block: so that was known
    assertThat(ask(question(OLA)).events()).hasSize(2);
  }

  @Test
  void aPersonsTimelineIsThatPersonsAcrossTheEdgesOfMonths() {
    node.record(
        checkin("1", OLA).at(Instant.parse("2026-10-31T23:59:59.999999999Z")),
        checkin("2", OLA).at(Instant.parse("2026-11-01T00:00:00Z")),
        checkin("3", KARI).at(Instant.parse("2026-11-01T00:00:00Z")),
        checkin("4", OLA).at(Instant.parse("2024-02-29T12:00:00Z")),
        checkin("5", KARI).subject(OLA, "{\"s\":2}").at(Instant.parse("2026-12-31T23:59:59Z")),
        new SampleActivity("6").company("{}").at(NOON),
        checkin("7", OLA + "x"),
        checkin("8", OLA).at(Instant.parse("1969-12-31T23:59:59Z")));
    assertThat(ids(ask(question(OLA)))).containsExactly("5", "2", "1", "4", "8");
    assertThat(ids(ask(question(KARI)))).containsExactly("5", "3");
    assertThat(ask(question(OLA)).person()).isEqualTo("active");
    assertThat(ask(question(null)).person()).isNull();
    assertThat(ids(ask(question(null)))).hasSize(8);
  }

  @Test
  void visitorsAndAccountsAreBothFoundUnderTheirId() {
    node.record(
        new SampleActivity("1").visitor("10.1.2.3", "{\"ip\":\"10.1.2.3\"}"),
        checkin("2", "10.1.2.3"),
        new SampleActivity("3").visitor("10.1.2.4", "{}"));
    assertThat(ids(ask(question("10.1.2.3")))).containsExactly("2", "1");
    assertThat(ids(ask(question("10.1.2.4")))).containsExactly("3");
  }

  @Test
  void tenantsWithTheSameIdsAreApart() {
    node.record(checkin("1", OLA).facet("/site", "1"), checkin("1", OLA).of(B).facet("/site", "1"));
    assertThat(positions(ask(question(OLA)))).containsExactly(0L);
    assertThat(positions(ask(question(null)))).containsExactly(0L);
    Question ofB = new Question(B, OLA, List.of(), null, null, Map.of("/site", "1"), 10, null);
    assertThat(positions(node.timeline.query(OPERATOR, "why", ofB))).containsExactly(1L);
    assertThat(node.timeline.event(OFFICER, "why", A, 0)).isPresent();
    assertThat(node.timeline.event(OFFICER, "why", A, 1)).as("another tenant's").isEmpty();
    assertThat(node.timeline.event(OPERATOR, "why", B, 1).orElseThrow().sequence()).isZero();
    for (long position : new long[] {-1, 2, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThat(node.timeline.event(OFFICER, "why", A, position)).isEmpty();
    }
    node.erase(B, account(OLA));
    assertThat(positions(ask(question(OLA)))).containsExactly(0L);
    assertThat(node.timeline.query(OPERATOR, "why", ofB).person()).isEqualTo("erased");
  }

  @Test
  void anErasedPersonsTimelineIsEmptyAndTheEventsStandForEveryoneElse() {
    node.record(
        checkin("1", OLA).subject(KARI, "{\"s\":1}").company("{\"c\":1}"),
        checkin("2", KARI),
        checkin("3", OLA));
    assertThat(ask(question("never@bygg.no")))
        .isEqualTo(new Page(List.of(), null, 0, "never-seen"));
    node.erase(A, account(OLA));
    assertThat(ask(question(OLA))).isEqualTo(new Page(List.of(), null, 0, "erased"));
    Page all = ask(question(null));
    assertThat(all.events().stream().map(TimelineStage::shown))
        .containsExactly(
            List.of("actor erased"),
            List.of("actor open {\"user\":\"kari@bygg.no\"}"),
            List.of("actor erased", "subject open {\"s\":1}", "company open {\"c\":1}"));
    assertThat(ids(ask(question(KARI)))).containsExactly("2", "1");
    restart(stores());
    assertThat(ask(question(OLA)).person()).isEqualTo("erased");
    assertThat(shown(ask(question(null)).events().getFirst())).containsExactly("actor erased");
  }

  @Test
  void aPartThatIsGoneSaysWhy() {
    node.record(
        checkin("1", OLA).company("{\"c\":1}").at(NOON.minus(Duration.ofDays(2))),
        checkin("2", OLA),
        checkin("3", OLA).at(NOON.plusSeconds(1)).discarded());
    assertThat(fixture.ledger().blockAt(1).orElseThrow().head().firstPosition()).isZero();
    node.ledger.drop(0, List.of(new PartAddress(1, 0)));
    PeriodId.Series series = series();
    int firstKept = Math.toIntExact(NOON.getEpochSecond() / 86_400);
    fixture.keys().expire(series, firstKept);
    node.vault.expired(series, firstKept);
    assertThat(ask(question(null)).events().stream().map(TimelineStage::shown))
        .containsExactly(
            List.of("actor discarded"),
            List.of("actor erased"),
            List.of("actor expired", "company expired"));
    assertThat(ids(ask(question(OLA)))).as("no part, no link").doesNotContain("3");
  }

  private static PeriodId.Series series() {
    return new PeriodId(A, SampleActivity.RETENTION, 1, 0).series();
  }

  @Test
  void aPartThatWasChangedIsDamagedAndTheRestIsShown() {
    SampleActivity activity = checkin("1", OLA).company("{\"c\":1}");
    Sealed sealed = (Sealed) node.vault.seal(List.of(activity.request())).getFirst();
    byte[] part = sealed.parts().getFirst();
    part[part.length - 1] ^= 1;
    node.appendDrafts(List.of(activity.draft(sealed)));
    node.awaitView();
    assertThat(shown(ask(question(null)).events().getFirst()))
        .containsExactly("actor damaged", "company open {\"c\":1}");
  }

  @Test
  void openingsAreRecordedOncePerPageBeforeAnythingIsShown() {
    node.record(
        checkin("1", OLA).facet("/site", "1"),
        new SampleActivity("2").company("{}").facet("/site", "1"),
        checkin("3", KARI).facet("/site", "1"));
    Question question =
        new Question(A, null, List.of("site.checkin"), NOON, null, Map.of("/site", "1"), 50, null);
    node.timeline.query(OFFICER, "complaint 17", question);
    assertThat(node.openings)
        .containsExactly(
            new Opening(
                OFFICER,
                "complaint 17",
                A,
                null,
                "{\"types\":[\"site.checkin\"],\"from\":\"2026-11-22T12:00:00Z\","
                    + "\"facets\":{\"/site\":\"1\"},\"limit\":50}",
                List.of(2L, 0L)));
    ask(question(OLA));
    Opening ofOla = node.openings.getLast();
    assertThat(ofOla.person()).isEqualTo(OLA);
    assertThat(ofOla.query()).doesNotContain(OLA);
    assertThat(ofOla.positions()).containsExactly(0L);
    node.timeline.event(OFFICER, "why", A, 2);
    assertThat(node.openings.getLast().positions()).containsExactly(2L);
    assertThat(node.openings).hasSize(3);
    node.timeline.event(OFFICER, "why", A, 1);
    ask(question("never@bygg.no"));
    assertThat(node.openings).as("nothing personal was opened").hasSize(3);

    node.failOpenings = new IllegalStateException("the log cannot be written");
    assertThatThrownBy(() -> ask(question(null))).isSameAs(node.failOpenings);
    assertThatThrownBy(() -> node.timeline.event(OFFICER, "why", A, 2)).isSameAs(node.failOpenings);
    assertThat(node.timeline.query(AUDITOR, null, question(null)).events()).hasSize(3);
  }

  @Test
  void aKeyStoreThatCannotSayIsNeverTakenForNobody() {
    node.record(checkin("1", OLA));
    node.vault.expect(node.vault.keyStore(), node.vault.generation() + 1);
    assertThatThrownBy(() -> ask(question(OLA))).isInstanceOf(KeysUnavailableException.class);
    assertThatThrownBy(() -> ask(question(null))).isInstanceOf(KeysUnavailableException.class);
    assertThatThrownBy(() -> ask(question("never@bygg.no")))
        .isInstanceOf(KeysUnavailableException.class);
  }

  @Test
  void pagesFollowOneAnotherByCursorsThatFitOneTenant() {
    List<SampleActivity> events = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      events.add(checkin("e" + i, i % 2 == 0 ? OLA : KARI).at(NOON.plusNanos(i / 3)));
    }
    node.record(events.toArray(SampleActivity[]::new));
    List<Long> walked = new ArrayList<>();
    String cursor = null;
    do {
      Page page = ask(new Question(A, OLA, List.of(), null, null, Map.of(), 4, cursor));
      walked.addAll(positions(page));
      cursor = page.next();
      assertThat(cursor == null || cursor.matches("[A-Za-z0-9_-]{39}")).isTrue();
    } while (cursor != null);
    assertThat(walked).containsExactly(24L, 22L, 20L, 18L, 16L, 14L, 12L, 10L, 8L, 6L, 4L, 2L, 0L);

    String good =
        Objects.requireNonNull(
            ask(new Question(A, null, List.of(), null, null, Map.of(), 4, null)).next());
    List<String> bad =
        new ArrayList<>(
            List.of(
                "", "x", good + "=", good + "A", good.substring(1), " " + good, "é".repeat(39)));
    for (int i = 0; i < 12; i++) { // version and tenant
      char other = good.charAt(i) == 'A' ? 'B' : 'A';
      bad.add(good.substring(0, i) + other + good.substring(i + 1));
    }
    bad.add(good.substring(0, 38) + (char) (good.charAt(38) + 1)); // bits beyond the last byte
    for (String text : bad) {
      assertThatThrownBy(() -> ask(new Question(A, null, List.of(), null, null, Map.of(), 4, text)))
          .as(text)
          .isInstanceOf(InvalidQueryException.class);
    }
    assertThatThrownBy(() ->
            node.timeline.query(
                OPERATOR, "why", new Question(B, null, List.of(), null, null, Map.of(), 4, good)))
        .isInstanceOf(InvalidQueryException.class);
    for (int limit : new int[] {0, -1, 1_001}) {
      assertThatThrownBy(
              () -> ask(new Question(A, null, List.of(), null, null, Map.of(), limit, null)))
          .isInstanceOf(InvalidQueryException.class);
    }
  }

  @Test
  void aViewThatLiesIsNotBelieved() {
    node.record(checkin("1", OLA).facet("/site", "1"), checkin("2", KARI), checkin("3", OLA).of(B));
    byte[] ola = node.vault.find(A, account(OLA)).pseudonyms().getFirst();
    for (TimelineEntry lie :
        List.of(
            new TimelineEntry(1, A, "/app", "site.checkin", NOON, Map.of(), List.of(ola)),
            new TimelineEntry(2, A, "/app", "site.checkin", NOON, Map.of(), List.of(ola)),
            new TimelineEntry(
                0, A, "/app", "site.checkin", NOON.plusNanos(1), Map.of(), List.of(ola)),
            new TimelineEntry(0, A, "/app", "lie", NOON, Map.of(), List.of(ola)),
            new TimelineEntry(
                0, A, "/app", "site.checkin", NOON, Map.of("/site", "2"), List.of(ola)),
            new TimelineEntry(9, A, "/app", "site.checkin", NOON, Map.of(), List.of(ola)))) {
      fixture.view().clear();
      fixture.view().apply(List.of(lie), 0, 10, new byte[] {1});
      List<String> types = lie.type().equals("lie") ? List.of("lie") : List.of();
      assertThatThrownBy(() -> ask(new Question(A, OLA, types, null, null, lie.facets(), 10, null)))
          .as(lie.toString())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("rebuild the view");
    }
    assertThat(node.openings).isEmpty();
  }

  @Test
  void nothingPersonalLiesInTheFiles() {
    List<String> planted =
        List.of("planted-account", "planted-visitor", "planted-site-name", "planted-position");
    node.record(
        new SampleActivity("1")
            .type("planted-type")
            .actor(planted.get(0), "{\"user\":\"planted-account\",\"at\":\"planted-position\"}")
            .visitor(planted.get(1), "{\"ip\":\"planted-visitor\"}")
            .company("{\"siteName\":\"planted-site-name\"}")
            .facet("/site", "planted-facet"));
    assertThat(ids(ask(question("planted-account")))).containsExactly("1");
    List<byte[]> patterns = new ArrayList<>();
    planted.forEach(text -> patterns.add(text.getBytes(StandardCharsets.UTF_8)));
    Set<Integer> lying = fixture.lying(patterns);
    if (lying == null) { // declared: no files
      return;
    }
    assertThat(lying).isEmpty();
    assertThat(fixture.lying(List.of("planted-type".getBytes(StandardCharsets.UTF_8))))
        .as("or the search is blind")
        .hasSize(1);
  }
}
