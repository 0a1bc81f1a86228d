package no.spor.cli;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import no.spor.ledger.verify.InclusionProof;
import no.spor.ledger.verify.KeyChain;
import no.spor.ledger.verify.VerifierKey;
import no.spor.rights.ErasureCertificate;
import no.spor.rights.ErasureCertificate.InvalidCertificateException;

/// Verifies files that prove something by themselves; the first line says what kind it is.
final class VerifyProof {
  private final VerifyOutput out;

  VerifyProof(VerifyOutput out) {
    this.out = out;
  }

  /// Checks one kind of file.
  @FunctionalInterface
  private interface Check {
    int check(byte[] file, KeyChain keys);
  }

  private Map<String, Check> kinds() {
    return Map.of(
        InclusionProof.FIRST_LINE, this::inclusion, ErasureCertificate.FIRST, this::certificate);
  }

  /// @return the exit code
  int check(byte[] file, KeyChain keys) {
    String first = new String(file, StandardCharsets.UTF_8).lines().findFirst().orElse("");
    Check check = kinds().get(first);
    if (check == null) {
      out.say("verify.no-proof");
      return 1;
    }
    return check.check(file, keys);
  }

  private int certificate(byte[] file, KeyChain keys) {
    Set<String> trusted =
        keys.keysFor(new byte[0]).stream().map(VerifierKey::toString).collect(Collectors.toSet());
    try {
      Map<String, String> facts =
          ErasureCertificate.verify(new String(file, StandardCharsets.UTF_8), trusted);
      out.say("verify.certificate");
      facts.forEach((name, value) -> out.say("verify.fact", name, value));
      return 0;
    } catch (InvalidCertificateException flaw) {
      out.say("verify.certificate-unsound", flaw.getMessage());
      return 1;
    }
  }

  private int inclusion(byte[] file, KeyChain keys) {
    String flaw;
    InclusionProof proof = null;
    try {
      proof = InclusionProof.parse(file);
      flaw = proof.flaw(keys.keysFor(proof.note()));
    } catch (IllegalArgumentException malformed) {
      flaw = String.valueOf(malformed.getMessage());
    }
    if (flaw != null || proof == null) {
      out.say("verify.proof-unsound", flaw);
      return 1;
    }
    out.say(
        "verify.proof", proof.position(), proof.checkpoint().origin(), proof.checkpoint().size());
    return 0;
  }
}
