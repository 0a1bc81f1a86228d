package no.spor.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the command was asked for.
///
/// @param home the project
/// @param data where the real check-ins may lie
/// @param scenarios none for all
/// @param within each scenario runs once at least, and again while that ends in time
/// @param check whether to compare with the kept results instead of keeping new ones
/// @param parts whether to measure the parts alone
/// @param large how many events the large directory holds
/// @param largeData where it is made or found, and left; null for a temporary one
/// @param child the scenario that this process is a run of
record Options(
    Path home,
    Path data,
    int events,
    int runs,
    Duration within,
    boolean quick,
    boolean check,
    boolean parts,
    List<String> scenarios,
    Path temp,
    int large,
    @Nullable Path largeData,
    @Nullable Path json,
    @Nullable String child) {

  static final String USAGE =
      """
      Usage: spor bench [--quick] [--events N] [--runs N] [--within M] [--scenario NAME[,NAME…]] [--check]
                        [--large N] [--large-data DIR] [--data DIR] [--temp DIR] [--json FILE]
      Measures Spor beside what a team would otherwise use, each run in a process of its own.

        --quick           fewer events, three runs
        --events N        how many each run records (default 138957; with --quick 20000)
        --runs N          runs of each scenario (default 5)
        --within M        no further runs of a scenario where that would end after M minutes
        --scenario NAMES  only these
        --check           compares with the kept results, in ratios; keeps nothing; ends with 1 where
                          one got worse
        --large N         events in the large directory (default 10000000; with --quick 100000)
        --large-data DIR  makes the large directory here and leaves it, or uses one left before
        --data DIR        where the real check-ins lie (default ../shared/data)
        --temp DIR        on the disk to measure (default: the system's)
        --parts           measures the parts of an event's way instead, with JMH
        --json FILE       also writes every figure there

      Scenarios:\
      """;

  static Options parse(String[] arguments) {
    var home = Path.of(System.getProperty("spor.home", ".")).toAbsolutePath().normalize();
    var data = home.resolveSibling("shared").resolve("data");
    var temp = Path.of(System.getProperty("java.io.tmpdir"));
    int events = 0;
    int runs = 0;
    var within = Duration.ofDays(1);
    boolean quick = false;
    boolean check = false;
    boolean parts = false;
    List<String> scenarios = List.of();
    int large = 0;
    Path largeData = null;
    Path json = null;
    String child = null;
    for (int i = 0; i < arguments.length; i++) {
      var name = arguments[i];
      switch (name) {
        case "--quick" -> quick = true;
        case "--check" -> check = true;
        case "--parts" -> parts = true;
        default -> {
          if (i + 1 == arguments.length) {
            throw new IllegalArgumentException(name);
          }
          i++;
          var value = arguments[i];
          switch (name) {
            case "--events" -> events = Integer.parseInt(value);
            case "--within" -> within = Duration.ofMinutes(Integer.parseInt(value));
            case "--runs" -> runs = Integer.parseInt(value);
            case "--scenario" -> scenarios = List.of(value.split(","));
            case "--data" -> data = Path.of(value).toAbsolutePath();
            case "--temp" -> temp = Path.of(value).toAbsolutePath();
            case "--large" -> large = Integer.parseInt(value);
            case "--large-data" -> largeData = Path.of(value).toAbsolutePath();
            case "--json" -> json = Path.of(value).toAbsolutePath();
            case "--child" -> child = value;
            default -> throw new IllegalArgumentException(name);
          }
        }
      }
    }
    return new Options(
        home,
        data,
        events > 0 ? events : quick ? 20_000 : 138_957,
        runs > 0 ? runs : quick ? 3 : 5,
        within,
        quick,
        check,
        parts,
        scenarios,
        temp,
        large > 0 ? large : quick ? 100_000 : 10_000_000,
        largeData,
        json,
        child);
  }

  /// @param parent where a temporary one is
  Path large(Path parent) {
    return largeData != null ? largeData : parent.resolve("large");
  }

  int warmUp() {
    return Math.min(events, quick ? 20_000 : 100_000);
  }

  boolean wants(Scenario scenario) {
    return scenarios.isEmpty() || scenarios.contains(scenario.name());
  }

  /// Only a full run is worth keeping.
  boolean keeps() {
    return !quick && !check && scenarios.isEmpty() && large == 10_000_000;
  }
}
