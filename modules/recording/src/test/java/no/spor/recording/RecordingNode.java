package no.spor.recording;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import no.spor.activity.Catalogue;
import no.spor.activity.EventIdentity;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.PersonId;
import no.spor.conformance.InMemoryEpochStore;
import no.spor.conformance.InMemoryKeyStore;
import no.spor.conformance.InMemoryLedgerStore;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.recording.Recorder.Result;
import no.spor.recording.Recorder.Submission;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.vault.FileRootKey;
import no.spor.vault.Opened;
import no.spor.vault.PersonState;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import org.jspecify.annotations.Nullable;

/// A recorder over real rooms and stores in memory, and a reader that opens what it recorded.
final class RecordingNode implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final Access EMITTER = new Access("k1", AccessRole.EMITTER, "bygg-as");
  static final Access OPERATOR = new Access("k0", AccessRole.EMITTER, null);

  private static final Map<String, Catalogue> CATALOGUES =
      Map.of("bygg-as", Catalogues.STRICT, "annen-as", Catalogues.LENIENT);

  final Vault vault;
  final Ledger ledger;
  final EventRecorder recorder;
  private final FileRootKey root;

  RecordingNode(Path folder) {
    this(folder, new InMemoryLedgerStore(UUID.randomUUID()), UnaryOperator.identity());
  }

  /// @param seen what of the ledger the recorder sees
  RecordingNode(Path folder, LedgerStore store, UnaryOperator<Ledger> seen) {
    SecureRandom random = new SecureRandom();
    InstantSource clock = InstantSource.fixed(NOW);
    root = FileRootKey.openOrCreate(folder.resolve("root.key"), random);
    vault =
        Vault.open(
            new InMemoryKeyStore(UUID.randomUUID()),
            new InMemoryEpochStore(),
            root,
            store.ledger(),
            VaultOptions.DEFAULTS,
            clock,
            random);
    ledger = open(store, clock, random, vault);
    recorder =
        new EventRecorder(
            tenant -> Optional.ofNullable(CATALOGUES.get(tenant)),
            vault,
            seen.apply(ledger),
            clock,
            random,
            RecordingObserver.NONE);
  }

  static Ledger open(LedgerStore store, InstantSource clock, SecureRandom random, Vault vault) {
    return Ledger.open(
        store,
        (stream, body) -> {
          EventIdentity identity = EventIdentity.ofBody(body);
          return new RecordKey(identity.high(), identity.low());
        },
        RecordedKeys.inMemory(),
        LedgerOptions.of(clock, random)
            .withKeyStore(() -> new KeyStoreMark(vault.keyStore(), vault.generation())));
  }

  Result one(String event) {
    return recorder.record(EMITTER, new Submission.Structured(utf8(event)), false).getFirst();
  }

  List<Result> lines(String ndjson) {
    return recorder.record(EMITTER, new Submission.Lines(utf8(ndjson)), false);
  }

  List<Result> atomic(String batch) {
    return recorder.record(EMITTER, new Submission.Batch(utf8(batch)), true);
  }

  void erase(String person) {
    erase(new PersonId(PersonId.Namespace.ACCOUNT, person));
  }

  void erase(PersonId person) {
    vault.erase(
        new Vault.Forget(
            UUID.randomUUID(),
            "bygg-as",
            vault.find("bygg-as", person).internalId(),
            vault.ref("bygg-as", person).lookup(),
            0,
            NOW));
  }

  PersonState state(String person) {
    return vault.find("bygg-as", new PersonId(PersonId.Namespace.ACCOUNT, person)).state();
  }

  HeaderBody header(long position) {
    return HeaderBodyCodec.decode(record(position).body());
  }

  LedgerRecord record(long position) {
    return ledger.read(position).orElseThrow();
  }

  /// @return the data of the event, joined from what can be opened
  Object data(long position) {
    LedgerRecord record = record(position);
    List<byte[]> open = new ArrayList<>();
    for (int i = 0; i < record.parts().size(); i++) {
      open(record, i).ifPresent(clear -> open.add(object(clear)));
    }
    return RawJson.join(open, header(position).facets());
  }

  /// @return the sealed attributes of the event
  @Nullable String attributes(long position) {
    LedgerRecord record = record(position);
    for (int i = 0; i < record.parts().size(); i++) {
      Opened.Clear clear = open(record, i).orElseThrow();
      if (clear.codec() == 2) {
        int from = 4 + object(clear).length;
        return new String(
            clear.content(), from, clear.content().length - from, StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  private Optional<Opened.Clear> open(LedgerRecord record, int part) {
    if (!(record.parts().get(part) instanceof RecordPart.Kept kept)) {
      return Optional.empty();
    }
    Opened opened =
        vault.open(HeaderBodyCodec.decode(record.body()), record.body(), part, kept.bytes());
    return opened instanceof Opened.Clear clear ? Optional.of(clear) : Optional.empty();
  }

  private static byte[] object(Opened.Clear clear) {
    byte[] content = clear.content();
    if (clear.codec() == 1) {
      return content;
    }
    int length = java.nio.ByteBuffer.wrap(content).getInt();
    return java.util.Arrays.copyOfRange(content, 4, 4 + length);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    ledger.close();
    vault.close();
    root.close();
  }
}
