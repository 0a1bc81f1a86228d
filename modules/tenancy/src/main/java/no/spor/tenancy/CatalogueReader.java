package no.spor.tenancy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import no.spor.activity.EventType;
import no.spor.activity.RetentionPeriod;
import no.spor.activity.Role;
import org.jspecify.annotations.Nullable;

/// Reads catalogue documents (YAML or JSON) and checks all that can be checked without knowing the
/// tenant's history. Thread-safe. Limits: 256 KiB, 500 types, 64 pointers a type, 64 classes; no
/// anchors, aliases or tags. `version`, which a server's answer holds, is read over.
///
/// What is declared in a type must not overlap: no pointer may be, or lead into, another one, but
/// for the id of a person within a member that is wholly that person's (`people: {subject:
/// /customer/id}`, `members: {/customer: subject}`).
public final class CatalogueReader {
  static final int MAX_TYPES = 500;
  static final int MAX_POINTERS = 64;
  static final int MAX_CLASSES = 64;

  private static final Pattern TYPE_NAME =
      Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._:/+-]{0,127}");
  private static final Pattern CLASS_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Map<String, Role> ROLES =
      Map.of("actor", Role.ACTOR, "subject", Role.SUBJECT, "visitor", Role.VISITOR);

  private final Map<String, EventType> shippedTypes;
  private final Set<String> shippedClasses;
  private final boolean ownNames;

  /// Reads tenants' documents, on top of the shipped catalogue.
  public CatalogueReader() {
    this(ShippedCatalogue.types(), ShippedCatalogue.retention().keySet(), false);
  }

  /// @param ownNames whether reserved names are taken: for the shipped document alone
  CatalogueReader(
      Map<String, EventType> shippedTypes, Set<String> shippedClasses, boolean ownNames) {
    this.shippedTypes = shippedTypes;
    this.shippedClasses = shippedClasses;
    this.ownNames = ownNames;
  }

  /// @return whether a type's name is Spor's own (`spor.*`, `personal-data.*`): no tenant defines
  ///   it and nobody sends it from outside
  public static boolean reserved(String type) {
    return type.equals("spor")
        || type.startsWith("spor.")
        || type.equals("personal-data")
        || type.startsWith("personal-data.");
  }

  /// @throws InvalidCatalogueException says what is wrong and where
  public CatalogueDocument read(String document) {
    Map<String, DocumentNode> members =
        mapping(
            DocumentTree.read(document),
            Set.of("version", "types", "retention", "unknownTypes", "inactiveAccounts"));
    Map<String, RetentionPeriod> retention = retention(members.get("retention"));
    Set<String> classes = new TreeSet<>(shippedClasses);
    classes.addAll(retention.keySet());
    return new CatalogueDocument(
        types(members.get("types"), classes),
        retention,
        unknownTypesPrivate(members.get("unknownTypes")),
        inactiveAccounts(members.get("inactiveAccounts")));
  }

  private static boolean unknownTypesPrivate(@Nullable DocumentNode node) {
    if (node == null) {
      return false;
    }
    return switch (text(node)) {
      case "private" -> true;
      case "reject" -> false;
      default -> throw new InvalidCatalogueException(node.where(), "must be reject or private");
    };
  }

  private static RetentionPeriod.@Nullable For inactiveAccounts(@Nullable DocumentNode node) {
    if (node == null) {
      return null;
    }
    if (Periods.read(text(node), node.where()) instanceof RetentionPeriod.For period) {
      return period;
    }
    throw new InvalidCatalogueException(
        node.where(),
        "must be an ISO 8601 period such as P2Y; left out, no account ends by itself");
  }

  private static Map<String, RetentionPeriod> retention(@Nullable DocumentNode node) {
    if (node == null) {
      return Map.of();
    }
    Map<String, DocumentNode> members = mapping(node);
    if (members.size() > MAX_CLASSES) {
      throw new InvalidCatalogueException(
          node.where(), "more than " + MAX_CLASSES + " retention classes");
    }
    Map<String, RetentionPeriod> retention = new LinkedHashMap<>();
    members.forEach((name, value) -> {
      if (!CLASS_NAME.matcher(name).matches()) {
        throw new InvalidCatalogueException(
            value.where(), "a class's name is 1 to 32 of a-z, 0-9 and -, beginning with a letter");
      }
      if (name.startsWith("spor")) {
        throw new InvalidCatalogueException(
            value.where(), "classes beginning with spor are Spor's own");
      }
      retention.put(name, Periods.read(text(value), value.where()));
    });
    return Collections.unmodifiableMap(retention);
  }

  private Map<String, EventType> types(@Nullable DocumentNode node, Set<String> classes) {
    if (node == null) {
      return Map.of();
    }
    Map<String, DocumentNode> members = mapping(node);
    if (members.size() > MAX_TYPES) {
      throw new InvalidCatalogueException(node.where(), "more than " + MAX_TYPES + " types");
    }
    Map<String, EventType> types = new LinkedHashMap<>();
    members.forEach((name, value) -> {
      if (reserved(name) && !ownNames) {
        refuseUnlessShipped(name, value, classes);
      } else {
        types.put(name, type(name, value, classes));
      }
    });
    return Collections.unmodifiableMap(types);
  }

  /// A catalogue that was read from a server can be put back: what it says of Spor's own types
  /// stands already.
  private void refuseUnlessShipped(String name, DocumentNode node, Set<String> classes) {
    EventType said;
    try {
      said = type(name, node, classes);
    } catch (InvalidCatalogueException e) {
      said = null;
    }
    if (said == null || !said.equals(shippedTypes.get(name))) {
      throw new InvalidCatalogueException(
          node.where(), "types named spor.… and personal-data.… are Spor's own");
    }
  }

  private EventType type(String name, DocumentNode node, Set<String> classes) {
    if (!TYPE_NAME.matcher(name).matches()) {
      throw new InvalidCatalogueException(
          node.where(),
          "a type's name is 1 to 128 letters, digits and . _ : / + -, beginning with a letter or"
              + " digit");
    }
    Map<String, DocumentNode> members =
        mapping(node, Set.of("retention", "people", "members", "company", "facets", "rest"));
    String retention = retentionOf(node, members.get("retention"), classes);
    Map<Role, Pointer> people = people(members.get("people"));
    Map<Pointer, Role> owned = members(members.get("members"), people);
    List<Pointer> company = pointers(members.get("company"));
    List<Pointer> facets = pointers(members.get("facets"));
    if (people.size() + owned.size() + company.size() + facets.size() > MAX_POINTERS) {
      throw new InvalidCatalogueException(node.where(), "more than " + MAX_POINTERS + " pointers");
    }
    Overlaps.refuse(node.where(), people, owned, company, facets, shippedTypes.get(name));
    Map<Role, String> peopleTexts = new EnumMap<>(Role.class);
    people.forEach((role, pointer) -> peopleTexts.put(role, pointer.text()));
    Map<String, Role> ownedTexts = new LinkedHashMap<>();
    owned.forEach((pointer, role) -> ownedTexts.put(pointer.text(), role));
    return new EventType(
        name,
        retention,
        Collections.unmodifiableMap(peopleTexts),
        Collections.unmodifiableMap(ownedTexts),
        company.stream().map(Pointer::text).toList(),
        facets.stream().map(Pointer::text).toList(),
        rest(members.get("rest"), people));
  }

  private static String retentionOf(
      DocumentNode type, @Nullable DocumentNode node, Set<String> classes) {
    if (node == null) {
      throw new InvalidCatalogueException(
          type.where(), "retention is missing: name a class, one of " + String.join(", ", classes));
    }
    String name = text(node);
    if (!classes.contains(name)) {
      throw new InvalidCatalogueException(
          node.where(),
          "there is no class '%s': name one of %s, or add it under retention"
              .formatted(DocumentTree.shown(name), String.join(", ", classes)));
    }
    return name;
  }

  private static Map<Role, Pointer> people(@Nullable DocumentNode node) {
    Map<Role, Pointer> people = new EnumMap<>(Role.class);
    if (node != null) {
      mapping(node)
          .forEach((name, value) ->
              people.put(role(name, value.where()), Pointer.of(text(value), value.where())));
    }
    return people;
  }

  private static Map<Pointer, Role> members(
      @Nullable DocumentNode node, Map<Role, Pointer> people) {
    Map<Pointer, Role> members = new LinkedHashMap<>();
    if (node != null) {
      mapping(node)
          .forEach((name, value) -> {
            Role role = role(text(value), value.where());
            if (!people.containsKey(role)) {
              throw new InvalidCatalogueException(
                  value.where(), "the type has no " + role.label() + " under people");
            }
            members.put(Pointer.of(name, value.where()), role);
          });
    }
    return members;
  }

  private static List<Pointer> pointers(@Nullable DocumentNode node) {
    List<Pointer> pointers = new ArrayList<>();
    if (node != null) {
      if (!(node instanceof DocumentNode.Listing listing)) {
        throw new InvalidCatalogueException(
            node.where(), "must be a list of pointers, not " + node.kind());
      }
      for (DocumentNode item : listing.items()) {
        pointers.add(Pointer.of(text(item), item.where()));
      }
    }
    return pointers;
  }

  private static Role rest(@Nullable DocumentNode node, Map<Role, Pointer> people) {
    if (node == null) {
      return people.keySet().stream().findFirst().orElse(Role.COMPANY);
    }
    Role role = role(text(node), node.where());
    if (!people.containsKey(role)) {
      throw new InvalidCatalogueException(
          node.where(), "the type has no " + role.label() + " under people");
    }
    return role;
  }

  private static Role role(String name, String where) {
    Role role = ROLES.get(name);
    if (role == null) {
      throw new InvalidCatalogueException(
          where,
          "'" + DocumentTree.shown(name) + "' is no role; people are actor, subject or visitor");
    }
    return role;
  }

  private static String text(DocumentNode node) {
    if (node instanceof DocumentNode.Text(String ignored, String value)) {
      return value;
    }
    throw new InvalidCatalogueException(node.where(), "must be a text, not " + node.kind());
  }

  private static Map<String, DocumentNode> mapping(DocumentNode node) {
    if (node instanceof DocumentNode.Mapping(String ignored, Map<String, DocumentNode> members)) {
      return members;
    }
    throw new InvalidCatalogueException(node.where(), "must be a mapping, not " + node.kind());
  }

  private static Map<String, DocumentNode> mapping(DocumentNode node, Set<String> known) {
    Map<String, DocumentNode> members = mapping(node);
    members.forEach((name, value) -> {
      if (!known.contains(name)) {
        throw new InvalidCatalogueException(
            value.where(), "not known here; known are " + String.join(", ", new TreeSet<>(known)));
      }
    });
    return members;
  }
}
