package no.spor.vault;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import no.spor.activity.PersonId;
import org.jspecify.annotations.Nullable;

/// What is derived from the stored keys, for one ledger (`FORMAT.md`: content key, pseudonym,
/// lookup).
final class Derivation {
  private static final byte[] CONTENT_SALT = sha256("spor/content/v1\n");
  private static final byte[] PSEUDONYM_SALT = sha256("spor/pseudonym/v1\n");
  private static final byte[] CONTEXT = FormatText.ascii("spor/v1\n");
  private static final byte[] CONTENT = FormatText.ascii("content");
  private static final byte[] COMMITMENT = FormatText.ascii("commitment");

  private final byte[] ledger;

  Derivation(UUID ledger) {
    this.ledger = PartHead.bytes(ledger);
  }

  byte[] ledger() {
    return ledger;
  }

  /// @param keys as [#inputKeys] gives them
  ContentKey contentKey(Workbench bench, KeyKind kind, PeriodId period, SecretBytes... keys) {
    byte[] context = context(kind, period);
    try (SecretBytes prk = bench.extract(CONTENT_SALT, keys)) {
      return new ContentKey(
          SecretBytes.owning(bench.expand(prk, Workbench.KEY_BYTES, CONTENT, context)),
          bench.expand(prk, Workbench.HASH_BYTES, COMMITMENT, context));
    }
  }

  /// @return a kind's input keying material, in the order of `FORMAT.md`
  static SecretBytes[] inputKeys(
      KeyKind kind, @Nullable PersonEntry person, @Nullable StoredKey period, TenantEntry tenant) {
    if (kind == KeyKind.FENCE) {
      return new SecretBytes[] {tenant.fence()};
    }
    if (kind == KeyKind.ADMINISTRATION) {
      return new SecretBytes[] {tenant.tenant()};
    }
    SecretBytes ofPeriod = Objects.requireNonNull(period).key();
    if (!kind.personal()) {
      return new SecretBytes[] {ofPeriod, tenant.tenant()};
    }
    SecretBytes ofPerson = Objects.requireNonNull(Objects.requireNonNull(person).key(kind));
    return new SecretBytes[] {ofPerson, ofPeriod, tenant.tenant()};
  }

  private byte[] context(KeyKind kind, PeriodId period) {
    byte[] tenant = FormatText.str(period.tenant());
    byte[] retention = FormatText.str(period.retention());
    return ByteBuffer.allocate(CONTEXT.length + 1 + 16 + tenant.length + retention.length + 8)
        .put(CONTEXT)
        .put(kind.code())
        .put(ledger)
        .put(tenant)
        .put(retention)
        .putInt(period.policyVersion())
        .putInt(period.day())
        .array();
  }

  /// @param key the person's history key, or account key: whichever `kind` seals with
  /// @param month as [#month] counts
  Pseudonym pseudonym(Workbench bench, KeyKind kind, SecretBytes key, int month) {
    byte[] place =
        ByteBuffer.allocate(1 + 16 + 3)
            .put(kind.code())
            .put(ledger)
            .putShort((short) Math.floorDiv(month, 12))
            .put((byte) (Math.floorMod(month, 12) + 1))
            .array();
    try (SecretBytes prk = bench.extract(PSEUDONYM_SALT, key)) {
      return Pseudonym.of(bench.expand(prk, Pseudonym.BYTES, place));
    }
  }

  /// @return UTC months since January of the year 0
  static int month(Instant time) {
    ZonedDateTime utc = time.atZone(ZoneOffset.UTC);
    return utc.getYear() * 12 + utc.getMonthValue() - 1;
  }

  static Lookup lookup(Workbench bench, SecretBytes lookupKey, PersonId person) {
    byte[] id = FormatText.utf8(person.id());
    try {
      return Lookup.of(bench.hmac(lookupKey, new byte[] {(byte) person.namespace().code()}, id));
    } finally {
      Arrays.fill(id, (byte) 0);
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(FormatText.ascii(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
