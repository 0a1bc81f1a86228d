package no.spor.rights.verify;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import no.spor.ledger.verify.BlockSource;
import no.spor.ledger.verify.Finding;
import no.spor.ledger.verify.FindingKind;
import no.spor.ledger.verify.Findings;
import no.spor.rights.verify.KeptKeys.Fence;
import no.spor.rights.verify.KeptKeys.Followed;
import no.spor.rights.verify.KeptKeys.Person;

/// Holds the keys against what the ledger says is forgotten: every key that must be gone is gone,
/// and every fence stands by a record. Of what the key store has not followed yet nothing is said
/// but how much it is.
final class KeyRules {
  private static final Duration SLACK = Duration.ofHours(1);

  private final KeptKeys keys;
  private final BlockSource ledger;
  private final Instant now;
  private final Findings findings;

  /// What the ledger says.
  ///
  /// @param gone internal id of who was erased → position
  /// @param closed internal id of whose account was closed → position of the last closing
  /// @param fences tenant and position of what sets a fence → 1 where it surely set one
  /// @param marks tenant, class and policy version → first day kept
  /// @param marked the same → position of the newest record that says so
  record Said(
      Map<String, Long> gone,
      Map<String, Long> closed,
      Map<String, Long> fences,
      Map<String, Long> marks,
      Map<String, Long> marked) {}

  KeyRules(KeptKeys keys, BlockSource ledger, Instant now, Findings findings) {
    this.keys = keys;
    this.ledger = ledger;
    this.now = now;
    this.findings = findings;
  }

  void check(Said said, String separator) {
    keys.provenMillis()
        .ifPresent(proven -> {
          if (Instant.ofEpochMilli(proven).minus(SLACK).isAfter(now)) {
            add(
                FindingKind.CLOCK,
                -1,
                "beside the ledger it stands that the time is proven to be %s, which this machine's clock says is to come: periods would end too early"
                    .formatted(Instant.ofEpochMilli(proven)));
          }
        });
    long stray = keys.strayKeys();
    if (stray > 0) {
      add(FindingKind.KEY_STANDS, -1, stray + " keys stand that belong to nothing, or were wiped");
    }
    for (int epoch : keys.epochsInUse()) {
      if (!keys.epochs().contains(epoch)) {
        add(
            FindingKind.KEY_STANDS,
            -1,
            "keys stand under epoch %d, which is gone".formatted(epoch));
      }
    }
    long end = followedTo();
    if (end > 0) {
      // How far it has followed stands where it last had something to do.
      long left =
          Stream.of(said.gone(), said.closed(), said.marked())
              .flatMap(places -> places.values().stream())
              .filter(position -> position >= end)
              .count();
      findings.unchecked("erasures and marks that the key store has not followed yet", left);
      people(said, end);
      fences(said, end, separator);
      periods(said, end, separator);
    }
  }

  private void add(FindingKind kind, long position, String detail) {
    findings.add(Finding.ofRecord(kind, -1, position, detail));
  }

  /// @return position after the last record that the key store has followed; 0 for none
  private long followedTo() {
    var followed = keys.followed(ledger.ledger());
    if (followed.isEmpty()) {
      findings.unchecked("keys, of a key store that has not followed this ledger", 1);
      return 0;
    }
    Followed last = followed.get();
    var blocks = ledger.blocks(last.block(), 1);
    if (blocks.isEmpty() || blocks.getFirst().head().number() != last.block()) {
      add(
          FindingKind.KEYS_AHEAD,
          -1,
          "the keys have followed block %d, and the ledger ends before it".formatted(last.block()));
      return 0;
    }
    var head = blocks.getFirst().head();
    if (!Arrays.equals(head.hash(), last.hash())) {
      findings.add(
          Finding.ofBlock(
              FindingKind.KEYS_AHEAD, last.block(), "the keys have followed another block"));
      return 0;
    }
    return head.endPosition();
  }

  private void people(Said said, long end) {
    said.gone()
        .forEach((id, position) -> {
          if (position < end && keys.person(UUID.fromString(id)) != null) {
            add(FindingKind.KEY_STANDS, position, "the key of whom it erases stands");
          }
        });
    said.closed()
        .forEach((id, position) -> {
          Person person = position < end ? keys.person(UUID.fromString(id)) : null;
          if (person != null && person.account() && person.closedPosition() < position) {
            add(FindingKind.KEY_STANDS, position, "the key of the account that it closes stands");
          }
        });
  }

  /// Which of several erasures set the same fence, nothing tells without opening it: so each fence
  /// must have a record, and each tenant's newest record its fence.
  private void fences(Said said, long end, String separator) {
    Map<String, Long> newest = new TreeMap<>();
    said.fences()
        .forEach((place, sure) -> {
          int cut = place.indexOf(separator);
          long position = Long.parseLong(place.substring(cut + 1, place.length() - 1));
          if (position < end && sure == 1) {
            newest.merge(place.substring(0, cut), position, Math::max);
          }
        });
    for (Fence fence : keys.fences()) {
      var tenant = fence.tenant();
      boolean recorded =
          said.fences().containsKey(tenant + separator + fence.position() + separator);
      boolean continued = said.fences().containsKey(separator + fence.position() + separator);
      if (fence.position() < end && !recorded && !continued) {
        add(
            FindingKind.FENCE,
            fence.position(),
            "a fence stands by it that it did not set: whom it keeps out, nothing recorded says");
      }
      if (continued || fence.position() >= newest.getOrDefault(tenant, Long.MAX_VALUE)) {
        newest.remove(tenant);
      }
    }
    newest.values().forEach(position -> add(FindingKind.FENCE, position, "its fence is missing"));
  }

  private void periods(Said said, long end, String separator) {
    said.marks()
        .forEach((series, firstKept) -> {
          if (said.marked().getOrDefault(series, 0L) >= end) {
            return;
          }
          var fields = series.split(separator);
          int version = Integer.parseInt(fields[2]);
          long standing = keys.periodsBefore(fields[0], fields[1], version, firstKept);
          var mark = keys.mark(fields[0], fields[1], version);
          if (standing > 0) {
            add(
                FindingKind.KEY_STANDS,
                -1,
                "%d keys stand of days before %s of class %s, policy %d, which are expired"
                    .formatted(standing, day(firstKept), fields[1], version));
          }
          if (mark.isEmpty() || mark.getAsInt() < firstKept) {
            add(
                FindingKind.KEY_STANDS,
                -1,
                "keys could be made of days before %s of class %s, policy %d, which are expired"
                    .formatted(day(firstKept), fields[1], version));
          }
        });
  }

  private static String day(long epochDay) {
    return LocalDate.ofEpochDay(epochDay).toString();
  }
}
