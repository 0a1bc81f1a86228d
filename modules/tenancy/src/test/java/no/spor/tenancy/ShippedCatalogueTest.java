package no.spor.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Period;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import no.spor.activity.EventType;
import no.spor.activity.RetentionClass;
import no.spor.activity.RetentionPeriod;
import no.spor.activity.Role;
import org.junit.jupiter.api.Test;

class ShippedCatalogueTest {
  private static final Map<String, EventType> TYPES = ShippedCatalogue.types();

  @Test
  void coversEveryTypeOfTheContract() {
    assertThat(new TreeSet<>(TYPES.keySet()))
        .containsExactlyInAnyOrder(
            "login.succeeded",
            "login.failed",
            "logout",
            "module.opened",
            "function.used",
            "position.reported",
            "site.checkin",
            "site.checkout",
            "clock.in",
            "clock.out",
            "account.created",
            "account.changed",
            "account.closed",
            "correspondence.sent",
            "invoice.issued",
            "contract.changed",
            "job.started",
            "job.finished",
            "change.made",
            "request.received",
            "visit.recorded",
            "personal-data.viewed",
            "personal-data.erasure-requested");
  }

  @Test
  void readsAsTheContractsExample() {
    String contract =
        """
        types:
          login.succeeded: { retention: session, people: { actor: /user }, facets: [ /app, /browser/family ] }
          site.checkin:    { retention: history, people: { actor: /user }, company: [ /siteName ], facets: [ /site ] }
          visit.recorded:  { retention: session, people: { actor: /user, visitor: /ip }, facets: [ /app ] }
          account.changed: { retention: account, people: { actor: /by, subject: /user }, rest: subject }
        retention: { session: P21D, operations: P1Y, history: forever, account: until-closed }
        """;
    CatalogueDocument document = new CatalogueReader().read(contract);
    assertThat(document.types().get("site.checkin"))
        .isEqualTo(
            new EventType(
                "site.checkin",
                "history",
                Map.of(Role.ACTOR, "/user"),
                Map.of(),
                List.of("/siteName"),
                List.of("/site"),
                Role.ACTOR))
        .isEqualTo(TYPES.get("site.checkin"));
    assertThat(document.types().get("account.changed").rest()).isEqualTo(Role.SUBJECT);
    assertThat(document.retention()).isEqualTo(ShippedCatalogue.retention());
    assertThat(document.unknownTypesPrivate()).isFalse();
  }

  @Test
  void periodsAreThoseOfThePrivacyStatements() {
    Map<String, RetentionClass> classes = ShippedCatalogue.catalogue().classes();
    assertThat(classes.get("session").period())
        .isEqualTo(new RetentionPeriod.For(Period.ofDays(21)));
    assertThat(classes.get("operations").period())
        .isEqualTo(new RetentionPeriod.For(Period.ofYears(1)));
    assertThat(classes.get("history").period()).isEqualTo(new RetentionPeriod.Forever());
    assertThat(classes.get("account").period()).isEqualTo(new RetentionPeriod.UntilClosed());
    assertThat(classes.values()).allMatch(c -> c.policyVersion() == 1);
  }

  @Test
  void attackersTriedNamesAndAddressesAreSomebodys() {
    for (String type : List.of("login.failed", "request.received")) {
      assertThat(TYPES.get(type).people())
          .isEqualTo(Map.of(Role.ACTOR, "/user", Role.VISITOR, "/ip"));
    }
  }

  @Test
  void nothingThatTellsPeopleApartStandsInClear() {
    Set<String> personal =
        Set.of(
            "user",
            "ip",
            "position",
            "session",
            "port",
            "message",
            "name",
            "email",
            "cookie",
            "purpose",
            "person",
            "reader",
            "by",
            "recipient",
            "contact",
            "version",
            "device");
    TYPES
        .values()
        .forEach(type ->
            type.facets()
                .forEach(facet ->
                    assertThat(facet.substring(1).split("/"))
                        .as("facet %s of %s", facet, type.name())
                        .doesNotContainAnyElementsOf(personal)));
  }
}
