package no.spor.benchmark;

import java.util.List;

/// Something to measure. A run of it is a process of its own.
///
/// @param name what `--scenario` calls it
/// @param group what it is compared within; a group's figures of one metric stand together
/// @param label what the table calls it
/// @param needs programs that must be installed; it is left out, and named, where one is missing
record Scenario(String name, String group, String label, List<String> needs, Work work) {
  static final String POSTGRESQL = "PostgreSQL";

  /// Measures.
  @FunctionalInterface
  interface Work {
    List<Figure> run(Run run) throws Exception;
  }

  static Scenario of(String name, String group, String label, Work work) {
    return new Scenario(name, group, label, List.of(), work);
  }

  static Scenario onPostgres(String name, String group, String label, Work work) {
    return new Scenario(name, group, label, List.of(POSTGRESQL), work);
  }
}
