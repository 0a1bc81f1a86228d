package no.spor.recording;

import java.time.Period;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.spor.activity.Catalogue;
import no.spor.activity.EventType;
import no.spor.activity.RetentionClass;
import no.spor.activity.RetentionPeriod;
import no.spor.activity.Role;

/// The catalogue of the contract's example.
final class Catalogues {
  static final Catalogue STRICT = catalogue(1, false);
  static final Catalogue LENIENT = catalogue(2, true);

  private Catalogues() {}

  private static Catalogue catalogue(int version, boolean unknownTypesPrivate) {
    Map<String, EventType> types = new HashMap<>();
    for (EventType type :
        List.of(
            type(
                "login.succeeded",
                "session",
                Map.of(Role.ACTOR, "/user"),
                List.of(),
                List.of("/app", "/browser/family"),
                Role.ACTOR),
            type(
                "site.checkin",
                "history",
                Map.of(Role.ACTOR, "/user"),
                List.of("/siteName"),
                List.of("/site"),
                Role.ACTOR),
            type(
                "visit.recorded",
                "session",
                Map.of(Role.ACTOR, "/user", Role.VISITOR, "/ip"),
                List.of(),
                List.of("/app"),
                Role.ACTOR),
            type(
                "account.changed",
                "account",
                Map.of(Role.ACTOR, "/by", Role.SUBJECT, "/user"),
                List.of(),
                List.of(),
                Role.SUBJECT),
            type(
                "personal-data.viewed",
                "operations",
                Map.of(Role.ACTOR, "/reader", Role.SUBJECT, "/person"),
                List.of(),
                List.of("/role"),
                Role.SUBJECT))) {
      types.put(type.name(), type);
    }
    return new Catalogue(
        version,
        types,
        Map.of(
            "session",
            expiring("session", Period.ofDays(21)),
            "operations",
            expiring("operations", Period.ofYears(1)),
            "history",
            new RetentionClass("history", 1, new RetentionPeriod.Forever()),
            "account",
            new RetentionClass("account", 1, new RetentionPeriod.UntilClosed())),
        unknownTypesPrivate,
        null);
  }

  static EventType type(
      String name,
      String retention,
      Map<Role, String> people,
      List<String> company,
      List<String> facets,
      Role rest) {
    return new EventType(name, retention, people, Map.of(), company, facets, rest);
  }

  private static RetentionClass expiring(String name, Period period) {
    return new RetentionClass(name, 1, new RetentionPeriod.For(period));
  }
}
