package no.spor.ledger.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which keys count after rotations, whoever holds which of them, and what a forged hand-over is.
class KeyChainTest {
  private static final String ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  private final Signer first = new Signer("log.example/a");
  private final Signer second = new Signer("log.example/a");
  private final Signer third = new Signer("log.example/b");

  private final String begin = note("spor/ledger-key/v1\nkey " + first.vkey() + "\n", first);
  private final String rotated = after(second, first, 70, first, second);
  private final String continued = after(third, second, 90, third);

  @Test
  void aFormerKeyCountsUpToWhereItHandedOver() {
    var chain = KeyChain.of(List.of(begin, rotated), null);
    assertThat(chain.flaws()).isEmpty();
    assertThat(chain.current()).hasToString(second.vkey());
    assertThat(chain.keysFor(checkpoint(70)))
        .map(VerifierKey::toString)
        .containsExactly(first.vkey(), second.vkey());
    assertThat(chain.keysFor(checkpoint(71)))
        .map(VerifierKey::toString)
        .containsExactly(second.vkey());
  }

  @Test
  void whoHoldsAFormerKeyFollows() {
    var chain = KeyChain.of(List.of(begin, rotated), VerifierKey.parse(first.vkey()));
    assertThat(chain.flaws()).isEmpty();
    assertThat(chain.current()).hasToString(second.vkey());
    var later = KeyChain.of(List.of(begin, rotated), VerifierKey.parse(second.vkey()));
    assertThat(later.flaws()).isEmpty();
    assertThat(later.keysFor(checkpoint(70)))
        .map(VerifierKey::toString)
        .containsExactly(second.vkey());
  }

  @Test
  void whoHoldsAnotherKeyFollowsNowhere() {
    var chain =
        KeyChain.of(List.of(begin, rotated), VerifierKey.parse(new Signer("log.example/a").vkey()));
    assertThat(chain.isEmpty()).isTrue();
    assertThat(chain.flaws()).isNotEmpty();
  }

  @Test
  void aKeyThatWasNotHandedOverDoesNotCount() {
    var thief = new Signer("log.example/a");
    var stolen = KeyChain.of(List.of(begin, after(thief, first, 70, thief)), null);
    assertThat(stolen.current()).hasToString(first.vkey());
    assertThat(stolen.flaws()).hasSize(1);
    var unlinked = KeyChain.of(List.of(begin, after(thief, second, 70, second, thief)), null);
    assertThat(unlinked.current()).hasToString(first.vkey());
    assertThat(unlinked.flaws()).hasSize(1);
  }

  @Test
  void aContinuedLedgerHasANewOriginAndItsKeyAlone() {
    var chain = KeyChain.of(List.of(begin, rotated, continued), null);
    assertThat(chain.flaws()).isEmpty();
    assertThat(chain.origin()).isEqualTo("log.example/b");
    assertThat(chain.keysFor(checkpoint(1)))
        .map(VerifierKey::toString)
        .containsExactly(third.vkey());
    assertThat(chain.formerOrigins()).containsExactly("log.example/a");
    assertThat(chain.formerKeysFor(checkpoint(70)))
        .map(VerifierKey::toString)
        .containsExactly(first.vkey(), second.vkey());
  }

  private static byte[] checkpoint(long size) {
    return ("log.example/a\n" + size + "\n" + ROOT + "\n\n\u2014 log.example/a AAAAAAAA\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String after(Signer next, Signer before, long size, Signer... signers) {
    return note(
        "spor/ledger-key/v1\nkey %s\nafter %s\nsize %d\nroot %s\n"
            .formatted(next.vkey(), before.vkey(), size, ROOT),
        signers);
  }

  private static String note(String text, Signer... signers) {
    var note = new StringBuilder(text).append('\n');
    for (var signer : signers) {
      note.append(signer.line(text));
    }
    return note.toString();
  }

  private static final class Signer {
    private final String name;
    private final KeyPair pair;

    Signer(String name) {
      this.name = name;
      try {
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    private byte[] typed() {
      var encoded = pair.getPublic().getEncoded();
      var typed = new byte[33];
      typed[0] = 1;
      System.arraycopy(encoded, encoded.length - 32, typed, 1, 32);
      return typed;
    }

    private byte[] id() {
      var bytes = (name + "\n").getBytes(StandardCharsets.UTF_8);
      var all = Arrays.copyOf(bytes, bytes.length + 33);
      System.arraycopy(typed(), 0, all, bytes.length, 33);
      try {
        return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(all), 4);
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    String vkey() {
      return name
          + "+"
          + HexFormat.of().formatHex(id())
          + "+"
          + Base64.getEncoder().encodeToString(typed());
    }

    String line(String text) {
      try {
        var signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(text.getBytes(StandardCharsets.UTF_8));
        var signature = signer.sign();
        var bytes = Arrays.copyOf(id(), 4 + signature.length);
        System.arraycopy(signature, 0, bytes, 4, signature.length);
        return "\u2014 " + name + " " + Base64.getEncoder().encodeToString(bytes) + "\n";
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
  }
}
