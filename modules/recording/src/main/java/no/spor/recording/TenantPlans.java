package no.spor.recording;

import java.util.HashMap;
import java.util.Map;
import no.spor.activity.Catalogue;
import no.spor.activity.EventType;
import no.spor.tenancy.CatalogueReader;
import org.jspecify.annotations.Nullable;

/// The plans of all types of one catalogue. Immutable.
final class TenantPlans {
  private static final String NAMELESS = "";

  private final Catalogue catalogue;
  private final Map<String, TypePlan> plans = new HashMap<>();
  private final @Nullable TypePlan unknown;

  TenantPlans(Catalogue catalogue) {
    this.catalogue = catalogue;
    catalogue.types().forEach((name, type) -> plans.put(name, TypePlan.of(catalogue, type, false)));
    EventType any = catalogue.types().containsKey(NAMELESS) ? null : catalogue.classify(NAMELESS);
    unknown = any == null ? null : TypePlan.of(catalogue, any, true);
  }

  Catalogue catalogue() {
    return catalogue;
  }

  /// @return null where events of this type are refused
  @Nullable TypePlan of(String type) {
    TypePlan known = plans.get(type);
    if (known != null) {
      return known;
    }
    return unknown != null && wellNamed(type) ? unknown : null;
  }

  /// What a tenant could name a type: 1 to 128 letters, digits and `. _ : / + -`, beginning with a
  /// letter or digit. The name stands in clear for ever.
  private static boolean wellNamed(String type) {
    if (type.length() > 128 || !Character.isLetterOrDigit(type.codePointAt(0))) {
      return false;
    }
    return type.codePoints()
        .allMatch(c -> Character.isLetterOrDigit(c) || "._:/+-".indexOf(c) >= 0);
  }

  /// @return whether it is Spor's own affair: the source `/spor`, types `spor.*` and
  ///   `personal-data.*`
  static boolean reserved(String source, String type) {
    return source.equals("/spor") || source.startsWith("/spor/") || CatalogueReader.reserved(type);
  }
}
