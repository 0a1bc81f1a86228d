package no.spor.vault;

import static no.spor.vault.Vectors.bytes;
import static no.spor.vault.Vectors.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import no.spor.activity.PersonId;
import no.spor.activity.Role;
import no.spor.vault.EpochStore.Epoch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// `FORMAT.md` byte for byte. The vectors come from another implementation, in another language.
class FormatVectorsTest {
  private final Workbench bench = new Workbench();

  @ParameterizedTest
  @ValueSource(strings = {"actor", "subject", "account", "visitor", "company", "payload", "fence"})
  void parts(String name) {
    JsonNode vector = Vectors.read("vectors/" + name + "-part.json");
    KeyKind kind = KeyKind.values()[vector.get("kind").asInt() - 1];
    Role role = Role.ofCode(vector.get("role").asInt());
    Derivation derivation = new Derivation(Vectors.uuid(vector, "ledger"));
    ContentKey key = derivation.contentKey(bench, kind, period(vector, kind), keys(vector));
    assertThat(key.key().exposedCopy()).isEqualTo(bytes(vector, "contentKey"));
    assertThat(key.commitment()).isEqualTo(bytes(vector, "commitment"));
    Pseudonym pseudonym = null;
    if (kind.personal()) {
      int month = vector.get("year").asInt() * 12 + vector.get("month").asInt() - 1;
      pseudonym = derivation.pseudonym(bench, kind, keys(vector)[0], month);
      assertThat(pseudonym.bytes()).isEqualTo(bytes(vector, "pseudonym"));
    }
    byte codec = (byte) vector.get("codec").asInt();
    byte[] content = bytes(vector, "content");
    PartCipher.Place place =
        new PartCipher.Place(
            derivation.ledger(), vector.get("partIndex").asInt(), bytes(vector, "body"));
    byte[] part = bytes(vector, "part");
    assertThat(
            PartCipher.seal(
                bench,
                key,
                PartHead.of(kind, role),
                pseudonym,
                bytes(vector, "nonce"),
                0,
                place,
                codec,
                content))
        .isEqualTo(part);
    PartHead head = PartHead.read(part);
    assertThat(head).isEqualTo(PartHead.of(kind, role));
    Opened.Clear clear = (Opened.Clear) PartCipher.open(bench, key, head, part, place);
    assertThat(clear.codec()).isEqualTo(codec);
    assertThat(clear.content()).isEqualTo(content);
  }

  private static PeriodId period(JsonNode vector, KeyKind kind) {
    String tenant = vector.get("tenant").asString();
    return kind.ofPeriod()
        ? new PeriodId(
            tenant,
            vector.get("retention").asString(),
            (int) vector.get("policyVersion").asLong(),
            vector.get("day").asInt())
        : SealBatch.always(tenant);
  }

  private static SecretBytes[] keys(JsonNode vector) {
    byte[] all = bytes(vector, "keys");
    List<SecretBytes> keys = new ArrayList<>();
    for (int at = 0; at < all.length; at += 32) {
      keys.add(SecretBytes.owning(Arrays.copyOfRange(all, at, at + 32)));
    }
    return keys.toArray(new SecretBytes[0]);
  }

  @Test
  void lookups() {
    JsonNode vector = Vectors.read("vectors/lookups.json");
    for (JsonNode one : vector.get("cases")) {
      PersonId person =
          new PersonId(
              PersonId.Namespace.values()[one.get("namespace").asInt() - 1],
              one.get("id").asString());
      assertThat(Derivation.lookup(bench, secret(vector, "key"), person).bytes())
          .isEqualTo(bytes(one, "lookup"));
    }
  }

  @Test
  void pseudonymsAtTheEdgesOfMonths() {
    JsonNode vector = Vectors.read("vectors/pseudonyms.json");
    Derivation derivation = new Derivation(Vectors.uuid(vector, "ledger"));
    for (JsonNode one : vector.get("cases")) {
      int month = Derivation.month(Instant.parse(one.get("time").asString()));
      KeyKind kind = KeyKind.values()[one.get("kind").asInt() - 1];
      assertThat(derivation.pseudonym(bench, kind, secret(one, "key"), month).bytes())
          .as("%s", one)
          .isEqualTo(bytes(one, "pseudonym"));
    }
  }

  @Test
  void padding() {
    for (JsonNode one : Vectors.cases("vectors/padding.json")) {
      if (one.has("contentLength")) {
        assertThat(Padding.padded(one.get("contentLength").asInt()))
            .as("%s", one)
            .isEqualTo(one.get("padded").asInt());
      } else {
        byte[] content = bytes(one, "content");
        byte[] plaintext = new byte[Padding.padded(content.length)];
        Arrays.fill(plaintext, (byte) 7);
        Padding.pad((byte) 1, content, plaintext, plaintext.length);
        assertThat(plaintext).isEqualTo(bytes(one, "plaintext"));
        assertThat(Padding.contentLength(plaintext)).isEqualTo(content.length);
      }
    }
  }

  @Test
  void paddingThatIsNotExactlySoIsRefused() {
    byte[] sound = new byte[32];
    Padding.pad((byte) 1, new byte[] {5}, sound, sound.length);
    assertThat(Padding.contentLength(sound)).isEqualTo(1);
    assertThat(Padding.contentLength(Arrays.copyOf(sound, 64))).isEqualTo(-1);
    assertThat(Padding.contentLength(Arrays.copyOf(sound, 31))).isEqualTo(-1);
    assertThat(Padding.contentLength(new byte[32])).isEqualTo(-1);
    sound[31] = 1;
    assertThat(Padding.contentLength(sound)).isEqualTo(-1);
    byte[] markAtTheCodec = new byte[32];
    markAtTheCodec[0] = (byte) 0x80;
    assertThat(Padding.contentLength(markAtTheCodec)).isEqualTo(-1);
  }

  @Test
  void rootFileAndWrappedKeys(@TempDir Path folder) throws Exception {
    try (EpochKeys epochs = epochs(folder, fixed("000102030405060708090a0b"))) {
      for (JsonNode one : Vectors.cases("vectors/wrapped-keys.json")) {
        WrappedKey wrapped = WrappedKey.of(bytes(one, "wrapped"));
        assertThat(wrapped.epoch()).isEqualTo(one.get("epoch").asInt());
        SecretBytes key = epochs.unwrap(bench, name(one), wrapped);
        assertThat(key.exposedCopy()).isEqualTo(bytes(one, "key"));
        if (wrapped.epoch() == 258) {
          SecureRandom nonce = fixed(one.get("wrapped").asString().substring(10, 34));
          try (EpochKeys again = epochs(folder, nonce)) {
            assertThat(again.wrap(bench, name(one), key)).isEqualTo(wrapped);
          }
        }
      }
    }
  }

  @Test
  void aWrappedKeyThatWasMovedDoesNotOpen(@TempDir Path folder) throws Exception {
    List<JsonNode> cases = Vectors.cases("vectors/wrapped-keys.json");
    try (EpochKeys epochs = epochs(folder, new SecureRandom())) {
      for (JsonNode one : cases) {
        WrappedKey wrapped = WrappedKey.of(bytes(one, "wrapped"));
        for (JsonNode other : cases) {
          if (!other.equals(one)) {
            assertRefused(epochs, name(other), wrapped);
          }
        }
        for (int i = 1; i < WrappedKey.BYTES; i++) {
          byte[] changed = wrapped.bytes();
          changed[i] ^= 1;
          assertRefused(epochs, name(one), WrappedKey.of(changed));
        }
      }
      KeyName.OfPerson person = (KeyName.OfPerson) name(cases.get(3));
      WrappedKey wrapped = WrappedKey.of(bytes(cases.get(3), "wrapped"));
      Lookup lookup = person.lookup();
      assertRefused(
          epochs,
          new KeyName.OfPerson(
              false,
              person.tenant(),
              person.person(),
              new Lookup(lookup.a(), lookup.b(), lookup.c(), lookup.d() + 1)),
          wrapped);
      assertRefused(
          epochs, new KeyName.OfPerson(false, "other-as", person.person(), lookup), wrapped);
    }
  }

  private void assertRefused(EpochKeys epochs, KeyName name, WrappedKey wrapped) {
    assertThatThrownBy(() -> epochs.unwrap(bench, name, wrapped))
        .isInstanceOf(KeysUnavailableException.class);
  }

  private static KeyName name(JsonNode one) {
    String tenant = one.get("tenant").asString();
    return switch (one.get("what").asInt()) {
      case 1 -> new KeyName.Secret(KeyName.Purpose.TENANT, tenant);
      case 2 -> new KeyName.Secret(KeyName.Purpose.LOOKUP, tenant);
      case 3 -> new KeyName.Secret(KeyName.Purpose.FENCE, tenant);
      case 4, 5 ->
          new KeyName.OfPerson(
              one.get("what").asInt() == 5,
              tenant,
              Vectors.uuid(one, "person"),
              Lookup.of(bytes(one, "lookup")));
      case 6 ->
          new KeyName.OfPeriod(
              new PeriodId(
                  tenant,
                  one.get("retention").asString(),
                  one.get("policyVersion").asInt(),
                  one.get("day").asInt()));
      default -> new KeyName.Secret(KeyName.Purpose.SIGNING, tenant);
    };
  }

  /// Epochs 1 and 258 as the vectors have them, 258 open.
  private static EpochKeys epochs(Path folder, SecureRandom random) throws Exception {
    JsonNode vector = Vectors.read("vectors/root-file.json");
    Path file = folder.resolve("root.key");
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, vector.get("file").asString().getBytes(StandardCharsets.US_ASCII));
    FileRootKey root = FileRootKey.open(file, fixed(vector.get("nonce").asString()));
    List<Epoch> epochs = new ArrayList<>();
    for (JsonNode one : vector.get("epochs")) {
      byte[] wrapped = bytes(one, "wrapped");
      epochs.add(new Epoch(one.get("number").asInt(), 0, wrapped, Long.MAX_VALUE));
      byte[] aad =
          joined(
              "spor/epoch/v1\n".getBytes(StandardCharsets.US_ASCII),
              bytes(vector, "keyStore"),
              HexFormat.of().parseHex("%08x".formatted(one.get("number").asInt())));
      assertThat(root.wrap(secret(vector, "epochKey"), aad)).isEqualTo(wrapped);
    }
    UUID id = Vectors.uuid(vector, "keyStore");
    return new EpochKeys(
        FixedStores.keys(id, 258),
        FixedStores.epochs(epochs),
        root,
        InstantSource.fixed(Instant.EPOCH),
        random);
  }

  @Test
  void aCopyFromBeforeARotationIsCalledThat() {
    UUID id = new UUID(3, 4);
    assertThatThrownBy(() ->
            new EpochKeys(
                FixedStores.keys(id, 1),
                FixedStores.epochs(List.of(new Epoch(1, 0, null, 5))),
                new NoRoot(),
                InstantSource.fixed(Instant.EPOCH),
                new SecureRandom()))
        .isInstanceOf(KeysUnavailableException.class)
        .hasMessageContaining("destroyed by a rotation")
        .hasMessageNotContaining("escrow");
  }

  private record NoRoot() implements RootKey {
    @Override
    public byte[] wrap(SecretBytes key, byte[] aad) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SecretBytes unwrap(byte[] wrapped, byte[] aad) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean created() {
      return false;
    }

    @Override
    public String notice() {
      return "";
    }

    @Override
    public void close() {}
  }

  private static byte[] joined(byte[]... pieces) {
    byte[] all = new byte[0];
    for (byte[] piece : pieces) {
      int at = all.length;
      all = Arrays.copyOf(all, at + piece.length);
      System.arraycopy(piece, 0, all, at, piece.length);
    }
    return all;
  }

  private static SecureRandom fixed(String hex) {
    return new SecureRandom() {
      @Override
      public void nextBytes(byte[] bytes) {
        System.arraycopy(HexFormat.of().parseHex(hex), 0, bytes, 0, bytes.length);
      }
    };
  }
}
