package no.spor.tenancy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import no.spor.activity.Catalogue;
import no.spor.activity.EventType;
import no.spor.activity.RetentionClass;
import no.spor.activity.RetentionPeriod;
import no.spor.activity.Role;

/// The catalogue every tenant starts with: the resource `catalogue.yaml` of this package.
/// Immutable.
public final class ShippedCatalogue {
  private static final CatalogueDocument DOCUMENT =
      new CatalogueReader(Map.of(), Set.of(), true).read(text());

  private ShippedCatalogue() {}

  /// @return version 1, all classes at policy version 1: what a new tenant has
  public static Catalogue catalogue() {
    Map<String, RetentionClass> classes = new LinkedHashMap<>();
    DOCUMENT
        .retention()
        .forEach((name, period) -> classes.put(name, new RetentionClass(name, 1, period)));
    return new Catalogue(
        1,
        DOCUMENT.types(),
        Map.copyOf(classes),
        DOCUMENT.unknownTypesPrivate(),
        DOCUMENT.inactiveAccounts());
  }

  /// @return shipped types by name, Spor's own among them (see [CatalogueReader#reserved])
  public static Map<String, EventType> types() {
    return DOCUMENT.types();
  }

  /// @return shipped periods by class
  public static Map<String, RetentionPeriod> retention() {
    return DOCUMENT.retention();
  }

  /// What a type that is in no catalogue is taken for where the tenant allows it: private as a
  /// whole, class `session`, the string at `/user` the actor.
  public static EventType unknownType(String name) {
    return new EventType(
        name, "session", Map.of(Role.ACTOR, "/user"), Map.of(), List.of(), List.of(), Role.ACTOR);
  }

  /// @return the document as shipped, YAML
  public static String text() {
    try (InputStream in = ShippedCatalogue.class.getResourceAsStream("catalogue.yaml")) {
      if (in == null) {
        throw new IllegalStateException("the resource catalogue.yaml is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
