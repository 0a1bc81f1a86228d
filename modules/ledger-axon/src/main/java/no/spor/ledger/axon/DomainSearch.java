package no.spor.ledger.axon;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.Tag;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.EventCriterion;

/// Finds administrative records by criteria: by their tags' hashes where every criterion has tags,
/// else by reading on. A hash finds blocks only; what counts are the exact tags and types in the
/// header.
final class DomainSearch {
  private static final int BLOCKS = 64;
  private static final int RECORDS = 1_024;

  private final Ledger ledger;
  private final RecordMapping mapping;

  DomainSearch(Ledger ledger, RecordMapping mapping) {
    this.ledger = ledger;
    this.mapping = mapping;
  }

  /// Visits the matching records with `from` ≤ position < `to`, ascending, until the visitor says
  /// stop.
  ///
  /// @param visit returns whether to go on
  void visit(EventCriteria criteria, long from, long to, Predicate<LedgerEventMessage> visit) {
    if (from >= to) {
      return;
    }
    Set<Tag> tags = leadingTags(criteria);
    if (tags.isEmpty()) {
      readOn(criteria, from, to, visit);
    } else {
      followTags(tags, criteria, from, to, visit);
    }
  }

  /// A record that matches a criterion has all of its tags, so one of them is enough to find the
  /// block.
  ///
  /// @return one tag of each criterion; empty where one of them has none
  private static Set<Tag> leadingTags(EventCriteria criteria) {
    Set<Tag> leading = new HashSet<>();
    for (EventCriterion criterion : criteria.flatten()) {
      if (criterion.tags().isEmpty()) {
        return Set.of();
      }
      var first = criterion.tags().iterator().next();
      leading.add(RecordMapping.hash(first.key(), first.value()));
    }
    return leading;
  }

  private void followTags(
      Set<Tag> tags,
      EventCriteria criteria,
      long from,
      long to,
      Predicate<LedgerEventMessage> visit) {
    long next = from;
    while (next < to) {
      List<Long> blocks = ledger.taggedBlocks(tags, next, BLOCKS);
      for (long block : blocks) {
        List<LedgerRecord> records = ledger.recordsOf(block);
        if (!offer(records, criteria, from, to, visit)) {
          return;
        }
        next = records.getLast().position() + 1;
      }
      if (blocks.size() < BLOCKS) {
        return;
      }
    }
  }

  private void readOn(
      EventCriteria criteria, long from, long to, Predicate<LedgerEventMessage> visit) {
    long next = from;
    while (next < to) {
      List<LedgerRecord> records = ledger.readFrom(next, RECORDS);
      if (records.isEmpty() || !offer(records, criteria, from, to, visit)) {
        return;
      }
      next = records.getLast().position() + 1;
    }
  }

  private boolean offer(
      List<LedgerRecord> records,
      EventCriteria criteria,
      long from,
      long to,
      Predicate<LedgerEventMessage> visit) {
    for (LedgerRecord record : records) {
      if (record.position() >= to) {
        return false;
      }
      if (record.position() >= from && mapping.domain(record)) {
        LedgerEventMessage message = new LedgerEventMessage(record, mapping);
        if (criteria.matches(message.name(), message.tags()) && !visit.test(message)) {
          return false;
        }
      }
    }
    return true;
  }

  List<LedgerEventMessage> all(EventCriteria criteria, long from, long to) {
    List<LedgerEventMessage> found = new ArrayList<>();
    visit(criteria, from, to, found::add);
    return found;
  }

  boolean any(EventCriteria criteria, long from, long to) {
    boolean[] found = new boolean[1];
    visit(
        criteria,
        from,
        to,
        message -> {
          found[0] = true;
          return false;
        });
    return found[0];
  }
}
