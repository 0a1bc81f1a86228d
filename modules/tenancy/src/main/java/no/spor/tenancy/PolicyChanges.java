package no.spor.tenancy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import no.spor.activity.RetentionPeriod;

/// Tells what a new catalogue document changes of a tenant's retention classes.
final class PolicyChanges {
  private PolicyChanges() {}

  /// A class once made stays: what is recorded in it needs its period. A shipped class that the
  /// document does not name goes back to the shipped period; an own one stays as it is.
  ///
  /// @param current each class's period now
  /// @return the periods that are new or different, by class: each begins a policy version
  /// @throws InvalidCatalogueException where a class would become `until-closed` or cease to be,
  ///   for what is sealed under an account's key cannot come under a person's, or where the tenant
  ///   has too many classes
  static Map<String, RetentionPeriod> of(
      Map<String, RetentionPeriod> current, CatalogueDocument document) {
    Map<String, RetentionPeriod> wanted = new LinkedHashMap<>(ShippedCatalogue.retention());
    wanted.putAll(document.retention());
    Map<String, RetentionPeriod> changes = new TreeMap<>();
    wanted.forEach((name, period) -> {
      RetentionPeriod before = current.getOrDefault(name, ShippedCatalogue.retention().get(name));
      if (before != null && untilClosed(before) != untilClosed(period)) {
        throw new InvalidCatalogueException(
            "retention." + name,
            "a class cannot change from or to until-closed (it is %s); make another class"
                .formatted(Periods.write(before)));
      }
      if (!period.equals(current.get(name))) {
        changes.put(name, period);
      }
    });
    Map<String, RetentionPeriod> all = new LinkedHashMap<>(current);
    all.putAll(changes);
    if (all.size() > CatalogueReader.MAX_CLASSES) {
      throw new InvalidCatalogueException(
          "retention",
          "with those of earlier documents, which stay, the tenant would have more than %d classes"
              .formatted(CatalogueReader.MAX_CLASSES));
    }
    return changes;
  }

  static Map<String, String> write(Map<String, RetentionPeriod> periods) {
    Map<String, String> texts = new TreeMap<>();
    periods.forEach((name, period) -> texts.put(name, Periods.write(period)));
    return texts;
  }

  static Map<String, RetentionPeriod> read(Map<String, String> texts) {
    Map<String, RetentionPeriod> periods = new TreeMap<>();
    texts.forEach((name, text) -> periods.put(name, Periods.read(text, "retention." + name)));
    return periods;
  }

  private static boolean untilClosed(RetentionPeriod period) {
    return period instanceof RetentionPeriod.UntilClosed;
  }
}
