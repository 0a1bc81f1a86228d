package no.spor.benchmark;

import java.util.Set;

/// Something to measure. A run of it is a process of its own.
///
/// @param name what `--scenario` calls it
/// @param group what it is compared within; a group's figures of one metric stand together
/// @param label what the table calls it
/// @param needs what must be there; it is left out, and named, where something is missing
/// @param mostRuns for what takes long, or measures several times in one run
record Scenario(String name, String group, String label, Set<Need> needs, int mostRuns, Work work) {

  /// What a scenario cannot be run without.
  enum Need {
    /// PostgreSQL is installed.
    POSTGRESQL,
    /// The large directory, which the command makes first.
    LARGE,
    /// The program as it is used: `ops/spor`.
    PROGRAM
  }

  /// Measures.
  @FunctionalInterface
  interface Work {
    Iterable<Figure> run(Run run) throws Exception;
  }

  static Scenario of(String name, String group, String label, Work work) {
    return new Scenario(name, group, label, Set.of(), Integer.MAX_VALUE, work);
  }

  Scenario needing(Need... more) {
    return new Scenario(name, group, label, Set.of(more), mostRuns, work);
  }

  Scenario runs(int most) {
    return new Scenario(name, group, label, needs, most, work);
  }
}
