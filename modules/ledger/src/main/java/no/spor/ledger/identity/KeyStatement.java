package no.spor.ledger.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.note.NoteException;
import no.spor.ledger.note.NoteSigner;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import org.jspecify.annotations.Nullable;

/// A signed note that says which key a ledger signs with from now on, and after which key
/// (`FORMAT.md`, "Keys of a ledger"). Immutable; the array is never changed.
///
/// @param key its name is the ledger's origin
/// @param after the key before it; null for the first
/// @param size of the last checkpoint under the key before, 0 for none
/// @param root of that checkpoint, 32 bytes
/// @param handedOver whether the key before has signed it too; only a ledger that goes on under a
///   new origin can do without
/// @param note as it was signed
public record KeyStatement(
    NoteVerifier key,
    @Nullable NoteVerifier after,
    long size,
    byte[] root,
    boolean handedOver,
    SignedNote note) {
  private static final String START = "spor/ledger-key/v1";

  /// Makes a statement.
  ///
  /// @param last the last checkpoint under the key before; null for none
  /// @param signers the new key's and, where there is one and it is there, that of the key before
  static KeyStatement make(
      NoteVerifier key,
      @Nullable NoteVerifier after,
      @Nullable Checkpoint last,
      Collection<NoteSigner> signers) {
    StringBuilder text = new StringBuilder(START + "\nkey " + key.vkey() + "\n");
    if (after != null) {
      text.append("after ").append(after.vkey()).append('\n');
      text.append("size ").append(last == null ? 0 : last.size()).append('\n');
      byte[] root = last == null ? emptyRoot() : last.root();
      text.append("root ").append(Base64.getEncoder().encodeToString(root)).append('\n');
    }
    return parse(SignedNote.of(text.toString(), signers));
  }

  /// Reads a statement, and checks its signatures against the keys it names. Whether those are to
  /// be believed, [#follow] tells.
  ///
  /// @throws NoteException where it is none, or is not signed as it must be
  public static KeyStatement parse(String note) {
    return parse(SignedNote.parse(note));
  }

  private static KeyStatement parse(SignedNote note) {
    List<String> lines = note.text().lines().toList();
    if ((lines.size() != 2 && lines.size() != 5) || !lines.getFirst().equals(START)) {
      throw malformed();
    }
    NoteVerifier key = NoteVerifier.of(value(lines.get(1), "key "));
    if (lines.size() == 2) {
      note.verifiedBy(List.of(key));
      return new KeyStatement(key, null, 0, emptyRoot(), true, note);
    }
    NoteVerifier after = NoteVerifier.of(value(lines.get(2), "after "));
    Checkpoint last =
        checkpoint(after.name(), value(lines.get(3), "size "), value(lines.get(4), "root "));
    note.verifiedBy(List.of(key));
    boolean handedOver = !note.signaturesOf(List.of(after)).isEmpty();
    if (key.equals(after) || (!handedOver && key.name().equals(after.name()))) {
      throw malformed();
    }
    return new KeyStatement(key, after, last.size(), last.root(), handedOver, note);
  }

  private static Checkpoint checkpoint(String origin, String size, String root) {
    return Checkpoint.parse(origin + "\n" + size + "\n" + root + "\n");
  }

  private static String value(String line, String label) {
    if (!line.startsWith(label)) {
      throw malformed();
    }
    return line.substring(label.length());
  }

  private static IdentityException malformed() {
    return new IdentityException("this is no statement of a ledger's key");
  }

  /// @return the root of a tree without entries (RFC 6962 §2.1)
  static byte[] emptyRoot() {
    try {
      return MessageDigest.getInstance("SHA-256").digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Reads statements as they are kept: the first is of the first key, each later one comes after
  /// the key before it.
  ///
  /// @throws IdentityException where they do not continue one another
  public static List<KeyStatement> chain(List<String> notes) {
    List<KeyStatement> chain = new ArrayList<>();
    for (String note : notes) {
      KeyStatement statement = parse(note);
      NoteVerifier before = chain.isEmpty() ? null : chain.getLast().key();
      if (before == null ? statement.after() != null : !before.equals(statement.after())) {
        throw new IdentityException(
            "statement " + chain.size() + " of the ledger's keys does not continue the one before");
      }
      chain.add(statement);
    }
    return List.copyOf(chain);
  }

  /// Follows statements from a key that is held already.
  ///
  /// @param held a key that came by a way that is trusted
  /// @return the held key and all that it leads to, in order: only those are to be believed. The
  ///   held one alone, where nothing leads on
  public static List<NoteVerifier> follow(NoteVerifier held, List<KeyStatement> statements) {
    List<NoteVerifier> trusted = new ArrayList<>(List.of(held));
    for (KeyStatement statement : statements) {
      if (trusted.getLast().equals(statement.after()) && statement.handedOver()) {
        trusted.add(statement.key());
      }
    }
    return List.copyOf(trusted);
  }

  /// @return whether the ledger goes on under another origin from here
  public boolean continuesAnother() {
    return after != null && !after.name().equals(key.name());
  }

  /// @return the last checkpoint under the key before; empty for the first key
  public Optional<Checkpoint> last() {
    return after == null ? Optional.empty() : Optional.of(new Checkpoint(after.name(), size, root));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyStatement that && note.equals(that.note);
  }

  @Override
  public int hashCode() {
    return note.hashCode();
  }

  @Override
  public String toString() {
    return "KeyStatement[" + key + ", size " + size + ", root " + Arrays.hashCode(root) + "]";
  }
}
