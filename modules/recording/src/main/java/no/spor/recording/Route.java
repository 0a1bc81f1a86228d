package no.spor.recording;

import java.util.HashMap;
import java.util.Map;
import no.spor.activity.Role;
import org.jspecify.annotations.Nullable;

/// A place in `data` on the way to what the catalogue names: a node of the trie of an event type's
/// pointers. Immutable once built.
final class Route {
  private final Map<String, Route> members = new HashMap<>();

  /// Whose the value here is, or null where nothing is said of it.
  private @Nullable Role owner;

  /// The pointer to here where it is a facet.
  private @Nullable String facet;

  /// @param pointer RFC 6901
  Route branch(String pointer) {
    Route route = this;
    for (String name : Pointers.names(pointer)) {
      route = route.members.computeIfAbsent(name, ignored -> new Route());
    }
    return route;
  }

  void own(Role role) {
    owner = role;
  }

  /// What says who a person is is that person's, and never in clear, whatever else names it.
  void identify(Role role) {
    owner = role;
    facet = null;
  }

  void facet(String pointer) {
    facet = pointer;
  }

  @Nullable Route member(@Nullable String name) {
    return members.get(name);
  }

  @Nullable Role owner() {
    return owner;
  }

  @Nullable String facet() {
    return facet;
  }

  boolean leadsOn() {
    return !members.isEmpty();
  }
}
