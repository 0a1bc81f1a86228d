package no.spor.recording;

import java.util.ArrayList;
import java.util.List;
import no.spor.activity.Catalogue;
import no.spor.activity.EventType;
import no.spor.activity.RetentionClass;
import no.spor.activity.Role;
import org.jspecify.annotations.Nullable;

/// What the catalogue says of one event type, prepared for splitting. Immutable.
///
/// @param people in the order actor, subject, visitor
/// @param rest whose everything is that is not named, where that person is there
/// @param unknown whether the catalogue does not know the type: then what is no name at the actor's
///   place names nobody, instead of being an error
record TypePlan(
    RetentionClass retention, List<Person> people, Role rest, Route route, boolean unknown) {
  /// @param path to the member that says who it is
  record Person(Role role, List<String> path) {}

  private static final Role[] ORDER = {Role.ACTOR, Role.SUBJECT, Role.VISITOR};

  static TypePlan of(Catalogue catalogue, EventType type, boolean unknown) {
    Route route = new Route();
    type.facets().forEach(pointer -> route.branch(pointer).facet(pointer));
    type.company().forEach(pointer -> route.branch(pointer).own(Role.COMPANY));
    type.members().forEach((pointer, role) -> route.branch(pointer).own(role));
    List<Person> people = new ArrayList<>();
    for (Role role : ORDER) {
      @Nullable String pointer = type.people().get(role);
      if (pointer != null) {
        people.add(new Person(role, Pointers.names(pointer)));
        route.branch(pointer).identify(role);
      }
    }
    return new TypePlan(
        catalogue.retentionOf(type), List.copyOf(people), type.rest(), route, unknown);
  }
}
