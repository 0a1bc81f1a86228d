package no.spor.activity;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A tenant's event catalogue at one version: the shipped types, its own types, and its retention
/// classes. Immutable.
///
/// @param version grows with each change
/// @param types by name
/// @param classes retention classes by name
/// @param unknownTypesPrivate whether a type that is not here is taken in, private as a whole
///   (`unknownTypes: private`), or refused
/// @param inactiveAccounts accounts of which nothing was recorded for so long are closed
///   (`inactiveAccounts: P2Y`); null for never
public record Catalogue(
    int version,
    Map<String, EventType> types,
    Map<String, RetentionClass> classes,
    boolean unknownTypesPrivate,
    RetentionPeriod.@Nullable For inactiveAccounts) {
  private static final String UNKNOWN_RETENTION = "session";
  private static final String UNKNOWN_ACTOR = "/user";

  /// @return what holds for events of this type: what the catalogue says or, for a type it does not
  ///   know, all of it private, class `session`, the string (or integer) at `/user` the actor; null
  ///   where such events are refused
  public @Nullable EventType classify(String type) {
    EventType known = types.get(type);
    if (known != null || !unknownTypesPrivate) {
      return known;
    }
    return new EventType(
        type,
        UNKNOWN_RETENTION,
        Map.of(Role.ACTOR, UNKNOWN_ACTOR),
        Map.of(),
        List.of(),
        List.of(),
        Role.ACTOR);
  }

  /// @throws IllegalArgumentException for a class the catalogue does not have: it is not sound then
  public RetentionClass retentionOf(EventType type) {
    RetentionClass found = classes.get(type.retention());
    if (found == null) {
      throw new IllegalArgumentException("the catalogue lacks the class " + type.retention());
    }
    return found;
  }
}
