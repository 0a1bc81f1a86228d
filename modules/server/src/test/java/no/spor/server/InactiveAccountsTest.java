package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.insight.Timeline;
import no.spor.ledger.verify.Report;
import no.spor.rights.RetentionStatus.OfAccounts;
import no.spor.vault.PersonState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An account of which nothing is recorded any more ends as long after that as the tenant says:
/// never early, and with nothing of the history. The clock is passed in.
@Tag("once")
class InactiveAccountsTest {
  private static final String TENANT = OneTenant.TENANT;
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");

  @TempDir Path data;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final OneTenant tenant = new OneTenant(now::get);
  private Node node;

  @Test
  void itEndsAfterItsLastMonthOfActivityAndLeavesTheHistoryAlone() {
    node = open();
    tenant.create();
    node.tenancy().putCatalogue(TENANT, "inactiveAccounts: P6M");
    for (String who : List.of("quiet", "comes-back")) {
      tenant.record("account.created", who, START, 1);
      tenant.record("site.checkin", who, START, 1);
    }
    tenant.record("account.created", "imported", START.minus(Duration.ofDays(1_000)), 1);
    assertThat(endedAt("2026-11-22T23:00:00Z")).isEmpty();
    now.set(Instant.parse("2027-03-02T12:00:00Z"));
    tenant.record("login.succeeded", "comes-back", now.get(), 1);

    // Told of long ago, and recorded on 22 November: that day counts.
    assertThat(endedAt("2027-05-22T23:59:59.999Z")).isEmpty();
    assertThat(endedAt("2027-05-23T00:00:00Z")).containsExactly("imported");
    // November is over on the 30th.
    assertThat(endedAt("2027-05-30T23:59:59.999Z")).containsExactly("imported");
    node.close();
    node = open(); // the period is over while nothing runs
    assertThat(endedAt("2027-05-31T00:00:00Z")).containsExactlyInAnyOrder("quiet", "imported");
    assertThat(states("login.succeeded", "comes-back")).as("over by now").isEmpty();
    // Of the login nothing is left but that there was something in March.
    assertThat(endedAt("2027-09-30T23:59:59.999Z")).containsExactlyInAnyOrder("quiet", "imported");
    assertThat(endedAt("2027-10-01T00:00:00Z"))
        .containsExactlyInAnyOrder("quiet", "comes-back", "imported");

    for (String who : List.of("quiet", "comes-back")) {
      assertThat(states("site.checkin", who)).containsExactly("open");
      assertThat(node.vault().find(TENANT, new PersonId(Namespace.ACCOUNT, who)).state())
          .isEqualTo(PersonState.ACTIVE);
    }
    assertThat(
            node.ledger().readFrom(0, 1_000).stream()
                .map(record -> HeaderBodyCodec.decode(record.body()).type())
                .filter("spor.account-closed"::equals))
        .hasSize(3);
    assertThat(node.upkeep().retention().status(TENANT).accounts())
        .containsExactly(new OfAccounts(TENANT, "P6M", LocalDate.parse("2027-10-01"), 2));
    assertThat(node.upkeep().retention().status("other-as").accounts()).isEmpty();

    tenant.record("account.created", "quiet", now.get(), 1);
    assertThat(accounts()).containsEntry("quiet", "open");
    assertThat(endedAt("2027-10-02T00:00:00Z")).containsExactlyInAnyOrder("comes-back", "imported");
    node.close();
    Report report = VerifiedLedger.at(data);
    assertThat(report.findings()).isEmpty();
    assertThat(report.unchecked()).isEmpty();
  }

  @Test
  void whereTheTenantSaysNothingNoAccountEndsByItself() {
    node = open();
    tenant.create();
    tenant.record("account.created", "quiet", START, 1);
    assertThat(endedAt("2046-11-22T00:00:00Z")).isEmpty();
    node.tenancy().putCatalogue(TENANT, "{\"inactiveAccounts\": \"P20Y\"}");
    assertThat(endedAt("2046-11-30T00:00:00Z")).isEmpty();
    assertThat(endedAt("2046-12-01T00:00:00Z")).containsExactly("quiet");
    node.close();
  }

  private Node open() {
    Node opened = Node.open(new NodeOptions(data, null, 1_000), now::get);
    tenant.on(opened);
    return opened;
  }

  /// @return whose accounts have ended when retention has run at that time
  private List<String> endedAt(String time) {
    now.set(Instant.parse(time));
    node.upkeep().retention().run(true);
    Awaitility.await()
        .until(() -> node.processors().stream().allMatch(one -> one.failure() == null));
    return accounts().entrySet().stream()
        .filter(one -> one.getValue().equals("erased"))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// @return state of the newest account.created of each
  private Map<String, String> accounts() {
    Map<String, String> states = new java.util.LinkedHashMap<>();
    tenant
        .events("account.created", null)
        .forEach(event ->
            states.putIfAbsent(
                event.id().substring(0, event.id().indexOf('/')),
                event.parts().stream()
                    .filter(part -> part.role().equals("subject"))
                    .findFirst()
                    .orElseThrow()
                    .state()));
    return states;
  }

  private List<String> states(String type, String who) {
    return tenant.events(type, who).stream()
        .flatMap(event -> event.parts().stream())
        .filter(part -> !part.role().equals("company"))
        .map(Timeline.Part::state)
        .toList();
  }
}
