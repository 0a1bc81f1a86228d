package no.spor.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import no.spor.rights.ErasureCertificate.InvalidCertificateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Certificates as files, one for each single failure and named for it, made from fixed keys; and
/// no byte of a certificate can be another one. To write the files anew where the format has a new
/// version: `-Dspor.test.writeVectors=FOLDER`.
class CertificateVectorsTest {
  private static final String UNUSED_KEY = "a-key-that-signed-nothing";
  private static final String FOLDER = "/vectors/erasure-certificate/";
  private static final Set<String> TRUSTED = Set.of(SampleCertificate.KEY.verifier().vkey());
  private static final long SEED = Long.getLong("spor.test.seed", System.nanoTime());

  /// @param says what the verifier says; empty for a sound one
  private record Case(String says, String text) {}

  private static Case made(String says, Consumer<SampleCertificate> wrong) {
    SampleCertificate sample = new SampleCertificate();
    wrong.accept(sample);
    return new Case(says, sample.text());
  }

  private static Case changed(String says, UnaryOperator<String> change) {
    String sound = new SampleCertificate().text();
    String text = change.apply(sound);
    assertThat(text).isNotEqualTo(sound);
    return new Case(says, text);
  }

  private static Map<String, Case> cases() {
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put("sound", made("", sample -> {}));
    cases.put("sound-without-earlier-checkpoint", earlierLeftOut(""));
    cases.put(
        "another-version",
        changed("no erasure certificate", text -> text.replaceFirst("/v1", "/v2")));
    cases.put("an-unknown-line", changed("no erasure certificate", text -> text + "note x\n"));
    cases.put("a-line-more", changed("one spelling", text -> text + "\n"));
    cases.put(
        "keys-after-checkpoints",
        changed(
            "one spelling",
            text -> {
              int key = text.indexOf("key ");
              int end = text.indexOf('\n', key) + 1;
              return text.substring(0, key) + text.substring(end) + text.substring(key, end);
            }));
    cases.put(
        "signed-by-another-key",
        made(
            "none of the ledger's",
            sample -> {
              sample.signs = SampleCertificate.OTHER_KEY;
              sample.keys = List.of(SampleCertificate.OTHER_KEY);
            }));
    cases.put(
        "signature-of-another-key",
        made("cannot be read", sample -> sample.signs = SampleCertificate.OTHER_KEY));
    cases.put(
        "a-signature-more", made("signed by someone else", sample -> sample.witnessed = true));
    cases.put(
        UNUSED_KEY,
        made(
            "has signed nothing",
            sample -> sample.keys = List.of(SampleCertificate.KEY, SampleCertificate.OTHER_KEY)));
    cases.put(
        "a-key-twice",
        made(
            "stands twice",
            sample -> sample.keys = List.of(SampleCertificate.KEY, SampleCertificate.KEY)));
    cases.put(
        "checkpoints-of-two-ledgers", made("of two ledgers", one -> one.earlierOrigin += "2"));
    cases.put("another-history", made("does not continue", sample -> sample.forked = true));
    cases.put(
        "earlier-checkpoint-after-the-erasure",
        made("not from before", sample -> sample.earlierSize = 8));
    cases.put(
        "consistency-of-nothing",
        made("consistency proof of nothing", sample -> sample.withoutEarlier = true));
    putRecords(cases);
    return cases;
  }

  /// What can be wrong with the records and what is stated of them.
  private static void putRecords(Map<String, Case> cases) {
    cases.put("more-records-stated", made("not as many records", sample -> sample.records = "3"));
    cases.put("no-completion", made("not as many records", sample -> sample.withoutLast = true));
    cases.put(
        "completion-before-the-erasure",
        made("not the completion's", sample -> sample.completed = 5));
    cases.put(
        "another-position-stated",
        changed("not the erasure's", text -> text.replaceFirst("position 6", "position 5")));
    cases.put(
        "another-record-completes",
        made("not the completion's", one -> one.completedType = "spor.tenant-created"));
    cases.put(
        "another-record-erases",
        made("not the erasure's", one -> one.type = RightsEvent.ACCOUNT_CLOSED));
    cases.put(
        "a-record-of-a-tenant", made("not of the administration", one -> one.stream = "bygg-as"));
    cases.put(
        "another-tenants-erasure", made("of another erasure", one -> one.tenant = "other-as"));
    cases.put(
        "another-erasure",
        made("of another erasure", one -> one.erasure = one.erasure.replace('0', '1')));
    cases.put(
        "another-time", made("time is another", one -> one.erasedAt = one.erasedAt.plusMillis(1)));
    cases.put(
        "another-path",
        changed(
            "does not stand in the checkpoint",
            text -> {
              int path = text.lastIndexOf("path ") + 5;
              char other = text.charAt(path) == 'A' ? 'B' : 'A';
              return text.substring(0, path) + other + text.substring(path + 1);
            }));
    cases.put(
        "another-statement",
        changed("the ledger vouches for", text -> text.replaceFirst("parts 42", "parts 41")));
  }

  /// Sound, as the first erasure of a ledger that had published nothing.
  private static Case earlierLeftOut(String says) {
    SampleCertificate sample = new SampleCertificate();
    sample.withoutEarlier = true;
    return new Case(says, sample.text().replaceAll("(?m)^consistency .*\n", ""));
  }

  private static final Map<String, Case> CASES = cases();

  static Set<String> names() {
    return CASES.keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void theFileIsWhatItWasAndSaysWhatItDid(String name) throws IOException {
    Case one = CASES.get(name);
    String write = System.getProperty("spor.test.writeVectors");
    if (write != null) {
      Files.writeString(Path.of(write, name + ".txt"), one.text());
    }
    String file;
    try (var in = getClass().getResourceAsStream(FOLDER + name + ".txt")) {
      assertThat(in).as(name).isNotNull();
      file = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(file).isEqualTo(one.text());
    Set<String> trusted = name.equals(UNUSED_KEY) ? Set.of() : TRUSTED;
    if (one.says().isEmpty()) {
      assertThat(ErasureCertificate.verify(file, TRUSTED))
          .containsEntry("tenant", "bygg-as")
          .containsEntry("parts", "42");
    } else {
      assertThatThrownBy(() -> ErasureCertificate.verify(file, trusted))
          .isInstanceOf(InvalidCertificateException.class)
          .hasMessageContaining(one.says());
    }
  }

  @Test
  void noByteOfItCanBeAnother() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    byte[] sound = new SampleCertificate().text().getBytes(StandardCharsets.UTF_8);
    IntStream.range(0, sound.length)
        .parallel()
        .forEach(at -> {
          byte[] other = sound.clone();
          other[at] ^= 1;
          assertRefused(other, at);
        });
    for (int at = 0; at < sound.length; at++) {
      byte[] other = sound.clone();
      switch (random.nextInt(32)) {
        case 0 -> {
          other[at] = (byte) (sound[at] ^ (2 + random.nextInt(126)));
          assertRefused(other, at);
        }
        case 1 -> {
          byte[] shorter = new byte[sound.length - 1];
          System.arraycopy(sound, 0, shorter, 0, at);
          System.arraycopy(sound, at + 1, shorter, at, sound.length - at - 1);
          assertRefused(shorter, at);
        }
        default -> {
          // one change is enough for most
        }
      }
    }
  }

  private static void assertRefused(byte[] certificate, int at) {
    String text = new String(certificate, StandardCharsets.UTF_8);
    try {
      ErasureCertificate.verify(text, Set.of());
    } catch (InvalidCertificateException refused) {
      return;
    }
    throw new AssertionError("the byte at " + at + " does not count");
  }
}
