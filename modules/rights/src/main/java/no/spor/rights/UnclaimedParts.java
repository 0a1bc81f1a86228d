package no.spor.rights;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import no.spor.activity.EventIdentity;
import no.spor.ledger.Block;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.BlockReader;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.PartGroups;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealedPart;

/// What a ledger that was put back brought back of people who were erased, and accounts that were
/// closed, in the history that is lost: parts whose pseudonym is nobody's any more. Which of them
/// were whose, nothing tells; so they are counted for a tenant together, as an erasure without a
/// person, and dropped.
///
/// They can be told only where the key store was kept and never lost a key
/// ([KeyStore#lossAccepted]) otherwise than by erasing. Not thread-safe.
final class UnclaimedParts {
  private static final int BLOCKS = 16;
  private static final byte KEPT = 1;
  private static final String DONE = "unclaimed/";

  private final LedgerStore blocks;
  private final KeyStore keys;
  private final RetentionStore kept;

  UnclaimedParts(LedgerStore blocks, KeyStore keys, RetentionStore kept) {
    this.blocks = blocks;
    this.keys = keys;
    this.kept = kept;
  }

  /// @param continuedAt position of the record that the ledger goes on with kept keys; -1 for none
  /// @return whether there may be any that are not dropped yet
  boolean mayBe(long continuedAt) {
    return continuedAt >= 0 && kept.number(DONE + continuedAt).isEmpty() && !keys.lossAccepted();
  }

  void done(long continuedAt) {
    kept.keep(DONE + continuedAt, 1);
  }

  /// @return for each tenant that has any a job with the pseudonyms, the same however often it is
  ///   looked for
  /// @throws CancellationException where it is told to stop
  List<Job> find(long continuedAt, BooleanSupplier stop) {
    Map<String, Set<Pseudonym>> found = new LinkedHashMap<>();
    long next = 0;
    boolean more = true;
    while (more) {
      if (stop.getAsBoolean()) {
        throw new CancellationException();
      }
      List<Block> read = blocks.blocks(next, BLOCKS);
      for (Block block : read) {
        more = block.head().firstPosition() < continuedAt;
        if (more) {
          look(block, found);
        }
      }
      next += read.size();
      more &= read.size() == BLOCKS;
    }
    // Asked last: whoever is erased in between has left a job.
    keys.jobs()
        .forEach(job -> found.values().forEach(all -> job.pseudonyms().forEach(all::remove)));
    List<Job> jobs = new ArrayList<>();
    found.forEach((tenant, pseudonyms) -> {
      if (!pseudonyms.isEmpty()) {
        jobs.add(new Job(job(tenant, continuedAt), tenant, continuedAt, List.copyOf(pseudonyms)));
      }
    });
    return jobs;
  }

  private static UUID job(String tenant, long continuedAt) {
    EventIdentity identity = EventIdentity.of(tenant, "unclaimed", Long.toString(continuedAt));
    return new UUID(identity.high(), identity.low());
  }

  private void look(Block block, Map<String, Set<Pseudonym>> found) {
    Map<Pseudonym, Integer> there = new HashMap<>();
    for (PartGroup group : block.groups()) {
      byte[] bytes = group.bytes();
      PartGroups.read(
          bytes,
          (record, part, kind, offset, length) -> {
            Pseudonym pseudonym =
                kind == KEPT ? SealedPart.pseudonymAt(bytes, offset, length) : null;
            if (pseudonym != null) {
              there.put(pseudonym, record);
            }
          });
    }
    if (there.isEmpty()) {
      return;
    }
    there.keySet().removeAll(keys.recorded(there.keySet()));
    if (!there.isEmpty()) {
      BlockReader reader = new BlockReader(block);
      there.forEach((pseudonym, record) ->
          reader
              .record(block.head().firstPosition() + record)
              .ifPresent(one ->
                  found.computeIfAbsent(one.stream(), tenant -> new HashSet<>()).add(pseudonym)));
    }
  }
}
