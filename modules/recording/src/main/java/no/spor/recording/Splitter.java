package no.spor.recording;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.activity.Role;
import no.spor.vault.SealRequest.PlainPart;
import org.jspecify.annotations.Nullable;

/// Divides an event's `data` among those it concerns: facets, a part for each person it names, one
/// for the company. What no pointer names goes to one person (private by default) or, where nobody
/// is named, to the company. The deepest pointer decides. Joined, parts and facets give back the
/// same JSON. Not thread-safe.
final class Splitter {
  private static final byte OBJECT = 1;
  private static final byte OBJECT_AND_ATTRIBUTES = 2;

  /// Order of the parts, and index of a role's buffer.
  private static final Role[] ROLES = {Role.ACTOR, Role.SUBJECT, Role.VISITOR, Role.COMPANY};

  /// By the set of their indexes: made once.
  private static final List<List<Role>> ROLE_LISTS = roleLists();

  private final PartBuffer[] buffers = new PartBuffer[ROLES.length];
  private final @Nullable PersonId[] people = new @Nullable PersonId[ROLES.length];
  private final int[] chain = new int[JsonReader.MAX_DEPTH];
  private JsonDocument document = JsonDocument.NONE;
  private Map<String, Object> facets = Map.of();
  private Role rest = Role.COMPANY;

  Splitter() {
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = new PartBuffer();
    }
  }

  /// @param roles the parts' roles, in order
  /// @param facets pointer → value, as in `HeaderBody`
  record Split(List<Role> roles, List<PlainPart> parts, Map<String, Object> facets) {
    @Override
    public String toString() {
      return "Split" + roles;
    }
  }

  /// @param data place of an object
  /// @param attributes attributes to be sealed with the rest, a JSON object
  Split split(JsonDocument source, int data, TypePlan plan, byte @Nullable [] attributes)
      throws RefusedEventException {
    document = source;
    facets = Map.of();
    identify(data, plan);
    try {
      Role owner = plan.route().owner();
      walk(plan.route(), data, 0, owner == null ? rest : present(owner));
      return parts(attributes);
    } finally {
      for (PartBuffer buffer : buffers) {
        buffer.wipe();
      }
    }
  }

  private void identify(int data, TypePlan plan) throws RefusedEventException {
    rest = Role.COMPANY;
    boolean account = false;
    Arrays.fill(people, null);
    for (TypePlan.Person person : plan.people()) {
      Role role = person.role();
      int node = document.find(data, person.path());
      String id = node < 0 ? null : personId(node, plan.unknown());
      if (id == null || (role == Role.VISITOR && account)) {
        continue;
      }
      account |= role != Role.VISITOR;
      people[index(role)] =
          new PersonId(role == Role.VISITOR ? Namespace.VISITOR : Namespace.ACCOUNT, id);
      if (rest == Role.COMPANY) {
        rest = role;
      }
    }
    if (people[index(plan.rest())] != null) {
      rest = plan.rest();
    }
  }

  /// @return null where it names nobody
  private @Nullable String personId(int node, boolean unknownType) throws RefusedEventException {
    switch (document.kind(node)) {
      case JsonDocument.STRING -> {
        String id = document.string(node);
        return id.isEmpty() ? null : id;
      }
      case JsonDocument.INTEGER -> {
        String digits = document.number(node);
        return digits.equals("-0") ? "0" : digits;
      }
      case JsonDocument.NULL -> {
        return null;
      }
      default -> {
        if (unknownType) {
          return null;
        }
        throw new RefusedEventException(Problems.INVALID_PERSON);
      }
    }
  }

  private void walk(Route route, int object, int depth, Role inherited) {
    chain[depth] = object;
    int end = document.next(object);
    for (int node = object + 1; node < end; node = document.next(node)) {
      Route here = route.member(document.name(node));
      if (here == null) {
        buffer(inherited).member(document, chain, depth, node);
        continue;
      }
      String facet = here.facet();
      if (facet != null && document.scalar(node)) {
        addFacet(facet, node);
        continue;
      }
      Role declared = here.owner();
      Role owner = declared == null ? inherited : present(declared);
      if (here.leadsOn() && document.kind(node) == JsonDocument.OBJECT && !document.empty(node)) {
        walk(here, node, depth + 1, owner);
      } else {
        buffer(owner).member(document, chain, depth, node);
      }
    }
    for (PartBuffer buffer : buffers) {
      buffer.close(depth);
    }
  }

  /// @return the role, or the rest's where nobody is there in that role
  private Role present(Role role) {
    return role == Role.COMPANY || people[index(role)] != null ? role : rest;
  }

  private void addFacet(String pointer, int node) {
    Object value =
        switch (document.kind(node)) {
          case JsonDocument.STRING -> document.string(node);
          case JsonDocument.TRUE -> Boolean.TRUE;
          case JsonDocument.FALSE -> Boolean.FALSE;
          case JsonDocument.NULL -> JsonNull.NULL;
          default -> JsonNumber.parse(document.number(node));
        };
    if (value == null) {
      throw new IllegalStateException("a number that the parser took is none");
    }
    if (facets.isEmpty()) {
      facets = Map.of(pointer, value);
      return;
    }
    if (facets.size() == 1) {
      facets = new LinkedHashMap<>(facets);
    }
    facets.put(pointer, value);
  }

  private Split parts(byte @Nullable [] attributes) {
    int roles = 0;
    int count = 0;
    PlainPart[] parts = new PlainPart[ROLES.length];
    for (int i = 0; i < ROLES.length; i++) {
      PartBuffer buffer = buffers[i];
      if (attributes != null && ROLES[i] == rest) {
        byte[] content = buffer.toObjectWith(attributes);
        parts[count++] = new PlainPart(ROLES[i], people[i], OBJECT_AND_ATTRIBUTES, content);
      } else if (!buffer.empty()) {
        parts[count++] = new PlainPart(ROLES[i], people[i], OBJECT, buffer.toObject());
      } else {
        continue;
      }
      roles |= 1 << i;
    }
    return new Split(ROLE_LISTS.get(roles), List.of(Arrays.copyOf(parts, count)), facets);
  }

  private static List<List<Role>> roleLists() {
    List<List<Role>> lists = new ArrayList<>(1 << ROLES.length);
    for (int set = 0; set < 1 << ROLES.length; set++) {
      List<Role> roles = new ArrayList<>(ROLES.length);
      for (int i = 0; i < ROLES.length; i++) {
        if ((set & 1 << i) != 0) {
          roles.add(ROLES[i]);
        }
      }
      lists.add(List.copyOf(roles));
    }
    return List.copyOf(lists);
  }

  private PartBuffer buffer(Role role) {
    return buffers[index(role)];
  }

  private static int index(Role role) {
    return switch (role) {
      case ACTOR -> 0;
      case SUBJECT -> 1;
      case VISITOR -> 2;
      default -> 3;
    };
  }
}
