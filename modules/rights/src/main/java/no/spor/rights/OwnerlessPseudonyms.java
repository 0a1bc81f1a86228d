package no.spor.rights;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.Pseudonym;

/// Pseudonyms of people who are erased while parts with them still stand in the ledger: a view that
/// is filled or built anew meanwhile leaves them out. Thread-safe.
public final class OwnerlessPseudonyms implements Predicate<Pseudonym> {
  private volatile Set<Pseudonym> all = Set.of();

  @Override
  public boolean test(Pseudonym pseudonym) {
    return all.contains(pseudonym);
  }

  void are(Iterable<Job> jobs) {
    Set<Pseudonym> now = new HashSet<>();
    jobs.forEach(job -> now.addAll(job.pseudonyms()));
    all = now.stream().collect(Collectors.toUnmodifiableSet());
  }
}
