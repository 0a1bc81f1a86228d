package no.spor.rights;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.note.NoteSignature;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.tree.MerkleHasher;
import no.spor.ledger.tree.MerkleProofs;
import org.jspecify.annotations.Nullable;

/// An erasure's certificate: what was done, and the proof that the ledger says so. Checked from its
/// own bytes and the ledger's public key, without a network; every byte of it counts.
///
/// Text in UTF-8, lines ended by U+000A (`modules/rights/README.md`): the statement; an empty line;
/// the verifier keys; the checkpoints before and after; the consistency proof between them; the
/// header of each erasing record and of the completion's, with its inclusion proof in the later
/// checkpoint. The completion's header holds the hash of the statement.
///
/// @param statement ends in a newline
/// @param keys vkeys that signed the checkpoints
/// @param before signed note of a checkpoint before the erasure; null where there was none
/// @param after signed note of a checkpoint after the completion
public record ErasureCertificate(
    String statement,
    List<String> keys,
    @Nullable String before,
    String after,
    List<byte[]> consistency,
    List<Standing> records) {
  /// The first line: names the format.
  public static final String FIRST = ErasureStatement.FIRST;

  private static final int MAX_TEXT = 1024 * 1024;
  private static final int FRAME = 95;
  private static final String STREAM = "spor";
  private static final String COMPLETED = "spor.erasure-completed";

  /// A record that stands in the ledger.
  record Standing(long position, byte[] header, List<byte[]> path) {}

  /// Not a certificate, or one that does not hold.
  public static final class InvalidCertificateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidCertificateException(String why) {
      super(why);
    }
  }

  /// @return the text
  public String text() {
    StringBuilder text = new StringBuilder(statement).append('\n');
    keys.forEach(key -> text.append("key ").append(key).append('\n'));
    text.append("before ").append(before == null ? "none" : base64(utf8(before))).append('\n');
    text.append("after ").append(base64(utf8(after))).append('\n');
    consistency.forEach(hash -> text.append("consistency ").append(base64(hash)).append('\n'));
    for (Standing record : records) {
      text.append("record ").append(record.position()).append(' ');
      text.append(base64(record.header())).append('\n');
      record.path().forEach(hash -> text.append("path ").append(base64(hash)).append('\n'));
    }
    return text.toString();
  }

  /// Reads and checks a certificate.
  ///
  /// @param trusted verifier keys of the ledger, known from elsewhere; empty to believe those in
  ///   the certificate: then it only tells that the certificate is of one piece
  /// @return what it states, in order: name and value
  /// @throws InvalidCertificateException says what is wrong
  public static Map<String, String> verify(String text, Set<String> trusted) {
    ErasureCertificate certificate;
    try {
      certificate = parse(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidCertificateException("this is no erasure certificate of version 1");
    }
    if (!certificate.text().equals(text)) {
      throw new InvalidCertificateException("the certificate is not in its one spelling");
    }
    if (!trusted.isEmpty() && !trusted.containsAll(certificate.keys())) {
      throw new InvalidCertificateException("a key in it is none of the ledger's");
    }
    try {
      certificate.check();
    } catch (InvalidCertificateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new InvalidCertificateException("it cannot be read: " + e.getClass().getSimpleName());
    }
    return certificate.facts();
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    for (String line : statement.substring(0, statement.length() - 1).split("\n", -1)) {
      int space = line.indexOf(' ');
      if (space > 0) {
        facts.merge(line.substring(0, space), line.substring(space + 1), (a, b) -> a + ", " + b);
      }
    }
    return facts;
  }

  private void check() {
    Checkpoint later = checkpoint(after);
    long size = 0;
    if (before != null) {
      Checkpoint earlier = checkpoint(before);
      require(earlier.origin().equals(later.origin()), "the checkpoints are of two ledgers");
      require(
          MerkleProofs.isConsistent(
              earlier.size(), earlier.root(), later.size(), later.root(), consistency),
          "the later checkpoint does not continue the earlier one");
      size = earlier.size();
    } else {
      require(consistency.isEmpty(), "a consistency proof of nothing");
    }
    checkRecords(later, size);
    checkSignatures();
  }

  private void checkSignatures() {
    require(Set.copyOf(keys).size() == keys.size(), "a key stands twice");
    List<NoteVerifier> verifiers = keys.stream().map(NoteVerifier::of).toList();
    Set<Integer> used = new HashSet<>();
    checkSigned(after, verifiers, used);
    if (before != null) {
      checkSigned(before, verifiers, used);
    }
    require(used.size() == keys.size(), "a key that has signed nothing");
  }

  /// @param size of the earlier checkpoint
  private void checkRecords(Checkpoint later, long size) {
    Map<String, String> facts = facts();
    long first = Long.parseLong(fact(facts, "position"));
    long count = Long.parseLong(fact(facts, "records"));
    require(count >= 1 && records.size() == count + 1, "not as many records as it states");
    require(size <= first, "the earlier checkpoint is not from before the erasure");
    for (int i = 0; i < count; i++) {
      HeaderBody header = standing(records.get(i), later);
      require(
          records.get(i).position() == first + i && header.type().equals(RightsEvent.PERSON_ERASED),
          "a record is not the erasure's");
      requireTags(header, facts);
      require(
          i > 0 || header.time().toString().equals(fact(facts, "erased")),
          "the erasure's time is another");
    }
    Standing last = records.getLast();
    HeaderBody completed = standing(last, later);
    require(
        last.position() >= first + count && completed.type().equals(COMPLETED),
        "a record is not the completion's");
    requireTags(completed, facts);
    require(
        ErasureStatement.hash(statement)
            .equals(ForgettingReader.tag(completed, RightsEvent.STATEMENT)),
        "the statement is not the one that the ledger vouches for");
  }

  private static void requireTags(HeaderBody header, Map<String, String> facts) {
    require(
        Objects.equals(ForgettingReader.tag(header, RightsEvent.ERASURE), fact(facts, "erasure"))
            && Objects.equals(
                ForgettingReader.tag(header, RightsEvent.TENANT), fact(facts, "tenant")),
        "a record is of another erasure");
  }

  private static Checkpoint checkpoint(String note) {
    return Checkpoint.parse(SignedNote.parse(note).text());
  }

  private static void checkSigned(String note, List<NoteVerifier> verifiers, Set<Integer> used) {
    SignedNote signed = SignedNote.parse(note);
    List<NoteSignature> signatures = signed.verifiedBy(verifiers);
    require(
        signatures.size() == signed.signatures().size(), "a checkpoint is signed by someone else");
    for (int i = 0; i < verifiers.size(); i++) {
      if (signatures.stream().anyMatch(verifiers.get(i)::claims)) {
        used.add(i);
      }
    }
  }

  private static HeaderBody standing(Standing record, Checkpoint in) {
    byte[] header = record.header();
    byte[] entry = new byte[33];
    entry[0] = 1;
    System.arraycopy(sha256(header), 0, entry, 1, 32);
    require(
        MerkleProofs.includes(
            new MerkleHasher().leaf(entry), record.position(), in.size(), record.path(), in.root()),
        "the record at " + record.position() + " does not stand in the checkpoint");
    int body = FRAME + 8 + 8 + 1 + (header[FRAME + 16] & 0xff);
    String stream =
        new String(header, FRAME + 17, header[FRAME + 16] & 0xff, StandardCharsets.UTF_8);
    require(stream.equals(STREAM), "a record is not of the administration");
    return HeaderBodyCodec.decode(Arrays.copyOfRange(header, body, header.length));
  }

  private static String fact(Map<String, String> facts, String name) {
    String value = facts.get(name);
    require(value != null, "the statement lacks " + name);
    return Objects.requireNonNull(value);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new InvalidCertificateException(what);
    }
  }

  /// @throws IllegalArgumentException where it is none
  private static ErasureCertificate parse(String text) {
    int end = text.indexOf("\n\n");
    if (!text.startsWith(FIRST + "\n") || text.length() > MAX_TEXT || end < 0) {
      throw new IllegalArgumentException("no certificate");
    }
    List<String> keys = new ArrayList<>();
    List<byte[]> consistency = new ArrayList<>();
    List<Standing> records = new ArrayList<>();
    String before = null;
    String after = null;
    for (String line : text.substring(end + 2).split("\n")) {
      int space = line.indexOf(' ');
      String value = line.substring(space + 1);
      switch (line.substring(0, Math.max(0, space))) {
        case "key" -> keys.add(value);
        case "before" -> before = value.equals("none") ? null : utf8(bytes(value));
        case "after" -> after = utf8(bytes(value));
        case "consistency" -> consistency.add(bytes(value));
        case "record" -> {
          int at = value.indexOf(' ');
          records.add(
              new Standing(
                  Long.parseLong(value.substring(0, Math.max(0, at))),
                  bytes(value.substring(at + 1)),
                  new ArrayList<>()));
        }
        case "path" -> {
          if (records.isEmpty()) {
            throw new IllegalArgumentException("a path of nothing");
          }
          records.getLast().path().add(bytes(value));
        }
        default -> throw new IllegalArgumentException("an unknown line");
      }
    }
    if (after == null) {
      throw new IllegalArgumentException("no checkpoint");
    }
    return new ErasureCertificate(
        text.substring(0, end + 1), keys, before, after, consistency, records);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return Base64.getDecoder().decode(text);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
