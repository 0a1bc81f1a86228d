package no.spor.conformance;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.insight.Timeline.Event;
import no.spor.insight.Timeline.Page;
import no.spor.insight.Timeline.Part;
import no.spor.insight.Timeline.Question;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A node over a fixture's stores, and what its tests say often.
abstract class TimelineStage {
  static final String A = SampleEntry.TENANT;
  static final String B = "tak-as";
  static final Instant NOON = SampleEntry.NOON;
  static final String OLA = "ola@bygg.no";
  static final String KARI = "kari@bygg.no";
  static final Access OFFICER = new Access("key-1", AccessRole.OFFICER, A);
  static final Access AUDITOR = new Access("key-2", AccessRole.AUDITOR, A);
  static final Access OPERATOR = new Access("key-3", AccessRole.OFFICER, null);

  @TempDir Path folder;

  protected TimelineFixture fixture;

  TimelineNode node;

  protected abstract TimelineFixture open();

  @BeforeEach
  void openNode() {
    fixture = open();
    node = new TimelineNode(stores());
  }

  @AfterEach
  void closeNode() {
    node.close();
    fixture.close();
  }

  TimelineNode.Stores stores() {
    return new TimelineNode.Stores(
        fixture.ledger(),
        fixture.keys(),
        fixture.epochs(),
        folder.resolve("root.key"),
        fixture.view(),
        fixture.progress(),
        fixture.transactions());
  }

  void restart(TimelineNode.Stores stores) {
    node.close();
    node = new TimelineNode(stores);
  }

  static SampleActivity checkin(String id, String user) {
    return new SampleActivity(id).actor(user, "{\"user\":\"" + user + "\"}");
  }

  Page ask(Question question) {
    return node.timeline.query(OFFICER, "why", question);
  }

  static Question question(@Nullable String person) {
    return new Question(A, person, List.of(), null, null, Map.of(), 1_000, null);
  }

  static PersonId account(String id) {
    return new PersonId(Namespace.ACCOUNT, id);
  }

  static List<String> ids(Page page) {
    return page.events().stream().map(Event::id).toList();
  }

  static List<Long> positions(Page page) {
    return page.events().stream().map(Event::position).toList();
  }

  static List<String> shown(Event event) {
    return event.parts().stream().map(TimelineSuite::shown).toList();
  }

  static String shown(Part part) {
    byte[] data = part.data();
    String head = part.role() + " " + part.state();
    return data == null ? head : head + " " + new String(data, StandardCharsets.UTF_8);
  }
}
