package no.spor.ledger.verify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Collects what is found: all of it counted, the first of it kept. Not thread-safe.
public final class Findings {
  /// Of each kind so many are kept: what one change breaks must not push out what another did.
  private static final int KEPT_OF_A_KIND = 20;

  private final List<Finding> kept = new ArrayList<>();
  private final Map<FindingKind, Long> counts = new EnumMap<>(FindingKind.class);
  private final Map<String, Long> unchecked = new TreeMap<>();

  public void add(Finding finding) {
    if (counts.merge(finding.kind(), 1L, Long::sum) <= KEPT_OF_A_KIND) {
      kept.add(finding);
    }
  }

  void addAll(List<Finding> findings) {
    for (int i = 0; i < findings.size(); i++) {
      add(findings.get(i));
    }
  }

  /// Says what could not be checked, and how many of it.
  public void unchecked(String what, long count) {
    if (count > 0) {
      unchecked.merge(what, count, Long::sum);
    }
  }

  boolean none() {
    return counts.isEmpty();
  }

  /// @return the findings that are kept, in the order they were found
  public List<Finding> kept() {
    return List.copyOf(kept);
  }

  /// @return how many were found of each kind
  public Map<FindingKind, Long> counts() {
    return Map.copyOf(counts);
  }

  /// @return what could not be checked, with counts
  public Map<String, Long> unchecked() {
    return Map.copyOf(unchecked);
  }
}
