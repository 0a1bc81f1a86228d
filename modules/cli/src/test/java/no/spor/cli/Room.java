package no.spor.cli;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.Set;

/// The rooms of the house and what each may build on. A new module adds itself here.
enum Room {
  ACTIVITY("activity"),
  VAULT("vault", ACTIVITY),
  LEDGER("ledger"),
  LEDGER_AXON("ledger.axon", LEDGER, ACTIVITY),
  TENANCY("tenancy", ACTIVITY, LEDGER, LEDGER_AXON),
  RECORDING("recording", ACTIVITY, TENANCY, VAULT, LEDGER, LEDGER_AXON),
  INSIGHT("insight", ACTIVITY, TENANCY, VAULT, LEDGER, LEDGER_AXON),
  RIGHTS("rights", ACTIVITY, TENANCY, VAULT, LEDGER, LEDGER_AXON),
  STORAGE_SQLITE("storage.sqlite", ACTIVITY, TENANCY, VAULT, LEDGER, LEDGER_AXON, INSIGHT, RIGHTS),
  STORAGE_MONGODB(
      "storage.mongodb", ACTIVITY, TENANCY, VAULT, LEDGER, LEDGER_AXON, INSIGHT, RIGHTS),
  CONFORMANCE("conformance", ACTIVITY, TENANCY, VAULT, LEDGER, LEDGER_AXON, INSIGHT, RIGHTS),
  SERVER(
      "server",
      ACTIVITY,
      VAULT,
      LEDGER,
      LEDGER_AXON,
      TENANCY,
      RECORDING,
      INSIGHT,
      RIGHTS,
      STORAGE_SQLITE,
      STORAGE_MONGODB),
  BENCHMARK(
      "benchmark",
      ACTIVITY,
      VAULT,
      LEDGER,
      LEDGER_AXON,
      TENANCY,
      RECORDING,
      INSIGHT,
      RIGHTS,
      STORAGE_SQLITE,
      SERVER),
  CLI("cli", SERVER, LEDGER, RECORDING, INSIGHT, TENANCY, RIGHTS);

  private final String basePackage;
  private final Set<Room> buildsOn;

  Room(String name, Room... buildsOn) {
    this.basePackage = "no.spor." + name;
    this.buildsOn = Set.of(buildsOn);
  }

  String basePackage() {
    return basePackage;
  }

  boolean mayUse(Room other) {
    return other == this || buildsOn.contains(other);
  }

  private boolean covers(String packageName) {
    return packageName.equals(basePackage) || packageName.startsWith(basePackage + ".");
  }

  /// Whether a class stands here: in this room's package, and in no room within it.
  boolean holds(JavaClass javaClass) {
    String packageName = javaClass.getPackageName();
    return covers(packageName)
        && Arrays.stream(values())
            .noneMatch(inner ->
                inner.basePackage.startsWith(basePackage + ".") && inner.covers(packageName));
  }

  static DescribedPredicate<JavaClass> in(Room... rooms) {
    return in(Set.of(rooms));
  }

  static DescribedPredicate<JavaClass> in(Set<Room> rooms) {
    return DescribedPredicate.describe(
        "stand in " + rooms.stream().map(Room::basePackage).sorted().toList(),
        javaClass -> rooms.stream().anyMatch(room -> room.holds(javaClass)));
  }
}
