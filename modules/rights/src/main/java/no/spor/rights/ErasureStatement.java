package no.spor.rights;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import no.spor.rights.RightsEvent.PartsCounted;
import org.jspecify.annotations.Nullable;

/// What a certificate states of an erasure: the text whose hash stands as a tag in the record of
/// the completion, so that the ledger vouches for each byte of it. Nothing personal: of the basis,
/// which is free text, only the articles it names.
final class ErasureStatement {
  static final String FIRST = "spor/erasure-certificate/v1";
  private static final Pattern ARTICLE =
      Pattern.compile(
          "(?i)art(?:icle|ikkel|\\.)?\\s*(\\d{1,3}(?:\\(\\d{1,2}\\))?(?:\\([a-z]\\))?)");

  private ErasureStatement() {}

  /// @param horizon until when an older copy of the keys could still open what was erased; null
  ///   where no rotation is planned
  static String of(UUID ledger, ErasureRecord erasure, @Nullable String horizon) {
    PartsCounted counted = erasure.counted;
    List<String> lines = new ArrayList<>();
    lines.add(FIRST);
    lines.add("ledger " + ledger);
    lines.add("tenant " + erasure.tenant);
    lines.add("erasure " + erasure.id);
    lines.add("basis " + articles(erasure.basis));
    lines.add("received " + erasure.receivedAt);
    lines.add("due " + erasure.dueAt);
    lines.add("approved-as " + erasure.approvedAs);
    lines.add("erased " + Objects.requireNonNull(erasure.erasedAt));
    lines.add("position " + erasure.position);
    lines.add("records " + (erasure.lastPosition - erasure.position + 1));
    lines.add("events " + (counted == null ? 0 : counted.events()));
    lines.add("parts " + (counted == null ? "0" : counted.parts()));
    lines.add("views " + (counted == null ? 0 : counted.views()));
    if (counted != null) {
      new TreeMap<>(counted.copies())
          .forEach((type, count) -> lines.add("copies " + type + " " + count));
    }
    lines.add("horizon " + (horizon == null ? "unplanned" : horizon));
    return String.join("\n", lines) + "\n";
  }

  private static String articles(String basis) {
    List<String> named =
        ARTICLE.matcher(basis).results().map((MatchResult one) -> "Art. " + one.group(1)).toList();
    return named.isEmpty() ? "Art. 17" : String.join(", ", named);
  }

  static String hash(String statement) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(statement.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
