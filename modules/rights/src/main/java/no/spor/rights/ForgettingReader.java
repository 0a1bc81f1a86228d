package no.spor.rights;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.Role;
import no.spor.ledger.Block;
import no.spor.ledger.BlockReader;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.axon.DomainEventReader;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.StreamedRecord;
import no.spor.rights.RightsEvent.PersonPermitted;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Lookup;
import no.spor.vault.Opened;
import no.spor.vault.PeriodId;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Reads from a block's control records what a key store is to do: from their tags, which stand in
/// clear, from fences, and from the payload where there is no other way. Thread-safe.
final class ForgettingReader {
  private static final String STREAM = "spor";

  private final Vault vault;
  private final DomainEventReader events;

  ForgettingReader(Vault vault, DomainPayloads payloads) {
    this.vault = vault;
    this.events = new DomainEventReader(payloads, JsonMapper.shared());
  }

  /// @return in the ledger's order: all of them or an exception, never some
  List<Forgetting> in(Block block) {
    if (!block.head().control()) {
      return List.of();
    }
    List<Forgetting> found = new ArrayList<>();
    for (LedgerRecord record : new BlockReader(block).records()) {
      if (record.stream().equals(STREAM)) {
        HeaderBody header = StreamedRecord.headerOf(record);
        switch (header.type()) {
          case RightsEvent.PERSON_ERASED -> found.add(person(record, header));
          case RightsEvent.ACCOUNT_CLOSED -> found.add(account(record, header));
          case RightsEvent.PERSON_PERMITTED -> permission(record, header, found);
          case RightsEvent.PERIOD_EXPIRED -> found.add(period(header));
          case RightsEvent.LOSS_ACCEPTED -> found.add(loss(header));
          case KeyStoreFollower.LEDGER_CONTINUED ->
              found.add(
                  new Forgetting.LedgerContinued(
                      required(header, "vkey"),
                      tag(header, KeyStoreFollower.KEYS_FOLLOWED),
                      record.position()));
          default -> {
            // other rooms' records, and those that destroy nothing
          }
        }
      }
    }
    return found;
  }

  /// @return the losses that a block says were accepted; needs no keys
  static List<Forgetting.Loss> losses(Block block) {
    List<Forgetting.Loss> losses = new ArrayList<>();
    for (LedgerRecord record : new BlockReader(block).records()) {
      if (record.stream().equals(STREAM)) {
        HeaderBody header = StreamedRecord.headerOf(record);
        if (header.type().equals(RightsEvent.LOSS_ACCEPTED)) {
          losses.add(loss(header));
        }
      }
    }
    return losses;
  }

  private Forgetting person(LedgerRecord record, HeaderBody header) {
    String person = tag(header, RightsEvent.PERSON);
    int part = header.roles().indexOf(Role.FENCE);
    return new Forgetting.Person(
        UUID.fromString(required(header, RightsEvent.ERASURE)),
        required(header, RightsEvent.TENANT),
        person == null ? null : UUID.fromString(person),
        part < 0 ? null : fence(record, header, part),
        record.position(),
        header.time());
  }

  private static Forgetting account(LedgerRecord record, HeaderBody header) {
    return new Forgetting.Account(
        UUID.fromString(required(header, RightsEvent.ERASURE)),
        required(header, RightsEvent.TENANT),
        UUID.fromString(required(header, RightsEvent.PERSON)),
        record.position(),
        header.time());
  }

  private void permission(LedgerRecord record, HeaderBody header, List<Forgetting> found) {
    PersonPermitted permitted = events.read(record).orElseThrow().payloadAs(PersonPermitted.class);
    Lookup lookup = fence(record, header, header.roles().indexOf(Role.FENCE));
    if (lookup != null) {
      found.add(
          new Forgetting.Permission(
              new PersonRef(required(header, RightsEvent.TENANT), lookup),
              Instant.parse(permitted.notBefore()).toEpochMilli(),
              record.position()));
    }
  }

  private static Forgetting period(HeaderBody header) {
    PeriodId.Series series =
        new PeriodId.Series(
            required(header, RightsEvent.TENANT),
            required(header, "class"),
            Integer.parseInt(required(header, "policy")));
    return new Forgetting.Period(
        series, Math.toIntExact(LocalDate.parse(required(header, "before")).toEpochDay()));
  }

  private static Forgetting.Loss loss(HeaderBody header) {
    return new Forgetting.Loss(
        UUID.fromString(required(header, "store")), Long.parseLong(required(header, "generation")));
  }

  /// @return the lookups of a record's fences, in order
  List<Lookup> fences(LedgerRecord record) {
    HeaderBody header = StreamedRecord.headerOf(record);
    List<Lookup> lookups = new ArrayList<>();
    for (int i = 0; i < header.roles().size(); i++) {
      if (header.roles().get(i) == Role.FENCE) {
        Lookup lookup = fence(record, header, i);
        if (lookup == null) {
          throw new KeysUnavailableException("the key store has no keys of the tenant");
        }
        lookups.add(lookup);
      }
    }
    return lookups;
  }

  /// @return null where this key store has no keys of the tenant, so that nobody of it can stand
  ///   here
  private @Nullable Lookup fence(LedgerRecord record, HeaderBody header, int part) {
    if (part < 0 || !(record.parts().get(part) instanceof RecordPart.Kept(byte[] sealed))) {
      throw new LedgerDamageException(
          "the fence of the record at " + record.position() + " is gone");
    }
    return switch (vault.open(header, record.body(), part, sealed)) {
      case Opened.Clear clear when clear.content().length == Lookup.BYTES ->
          Lookup.of(clear.content());
      case Opened.Erased erased -> null;
      default ->
          throw new LedgerDamageException(
              "the fence of the record at " + record.position() + " does not open");
    };
  }

  private static String required(HeaderBody header, String key) {
    String value = tag(header, key);
    if (value == null) {
      throw new LedgerDamageException("a " + header.type() + " without its tag " + key);
    }
    return value;
  }

  static @Nullable String tag(HeaderBody header, String key) {
    for (EventTag tag : header.tags()) {
      if (tag.key().equals(key)) {
        return tag.value();
      }
    }
    return null;
  }
}
