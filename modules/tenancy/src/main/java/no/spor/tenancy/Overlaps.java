package no.spor.tenancy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import no.spor.activity.EventType;
import no.spor.activity.Role;
import org.jspecify.annotations.Nullable;

/// Sees to it that every member of an event has one owner: what a type declares must not overlap.
final class Overlaps {
  private Overlaps() {}

  private record Declared(String as, Pointer pointer) {}

  /// @param shipped the shipped type of the same name, if there is one: what names people there may
  ///   be named otherwise here, but never be put in clear or made the company's
  static void refuse(
      String where,
      Map<Role, Pointer> people,
      Map<Pointer, Role> members,
      List<Pointer> company,
      List<Pointer> facets,
      @Nullable EventType shipped) {
    List<Declared> declared = new ArrayList<>();
    people.forEach(
        (role, pointer) -> declared.add(new Declared("people." + role.label(), pointer)));
    members.forEach((pointer, role) -> declared.add(new Declared("members", pointer)));
    company.forEach(pointer -> declared.add(new Declared("company", pointer)));
    facets.forEach(pointer -> declared.add(new Declared("facets", pointer)));
    for (int i = 0; i < declared.size(); i++) {
      for (int j = i + 1; j < declared.size(); j++) {
        refuse(where, declared.get(i), declared.get(j), people, members);
      }
    }
    if (shipped != null) {
      company.forEach(pointer -> refuseUncovering(where, "company", pointer, shipped));
      facets.forEach(pointer -> refuseUncovering(where, "facets", pointer, shipped));
    }
  }

  private static void refuse(
      String where,
      Declared one,
      Declared other,
      Map<Role, Pointer> people,
      Map<Pointer, Role> members) {
    if (one.pointer.equals(other.pointer)) {
      throw new InvalidCatalogueException(
          where,
          "%s stands twice (%s, %s); a member has one owner"
              .formatted(DocumentTree.shown(one.pointer.text()), one.as, other.as));
    }
    boolean oneContains = one.pointer.contains(other.pointer);
    Declared outer = oneContains ? one : other;
    Declared inner = oneContains ? other : one;
    if (!outer.pointer.contains(inner.pointer)) {
      return;
    }
    Role owner = members.get(outer.pointer);
    boolean ownId = owner != null && inner.pointer.equals(people.get(owner));
    if (!ownId) {
      throw new InvalidCatalogueException(
          where,
          "%s (%s) lies within %s (%s); name members that do not contain one another"
              .formatted(
                  DocumentTree.shown(inner.pointer.text()),
                  inner.as,
                  DocumentTree.shown(outer.pointer.text()),
                  outer.as));
    }
  }

  private static void refuseUncovering(
      String where, String as, Pointer pointer, EventType shipped) {
    for (String text : shipped.people().values()) {
      Pointer person = new Pointer(text);
      if (person.equals(pointer) || pointer.contains(person) || person.contains(pointer)) {
        throw new InvalidCatalogueException(
            where,
            "%s names a person in the shipped type; it cannot stand under %s (a type of another name can)"
                .formatted(text, as));
      }
    }
  }
}
