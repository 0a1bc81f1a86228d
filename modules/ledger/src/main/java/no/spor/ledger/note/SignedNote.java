package no.spor.ledger.note;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A text and signatures under it (C2SP `signed-note`). What is parsed is not believed yet: ask
/// [#verifiedBy].
///
/// @param text ends in a newline
public record SignedNote(String text, List<NoteSignature> signatures) {
  /// Longest note that is looked at.
  public static final int MAX_BYTES = 1024 * 1024;

  /// Most signatures of a note that is looked at.
  public static final int MAX_SIGNATURES = 100;

  /// @throws NoteException where no note can hold the text
  public SignedNote {
    checkText(text);
    signatures = List.copyOf(signatures);
  }

  /// Signs a text.
  public static SignedNote of(String text, Collection<? extends NoteSigner> signers) {
    return new SignedNote(text, signers.stream().map(signer -> signer.sign(text)).toList());
  }

  static void checkText(String text) {
    if (!text.endsWith("\n") || NoteText.holdsControls(text)) {
      throw malformed("a note's text ends in a newline and holds no other control characters");
    }
  }

  /// @throws NoteException for everything that is not exactly a signed note
  public static SignedNote parse(byte[] note) {
    if (note.length > MAX_BYTES) {
      throw malformed("the note is longer than 1 MiB");
    }
    String all = NoteText.ofUtf8(note);
    if (NoteText.holdsControls(all)) {
      throw malformed("the note holds control characters");
    }
    int blank = all.lastIndexOf("\n\n");
    if (blank < 0 || !all.endsWith("\n")) {
      throw malformed("the note has no signatures: a blank line and signature lines are wanted");
    }
    return new SignedNote(all.substring(0, blank + 1), lines(all.substring(blank + 2)));
  }

  public static SignedNote parse(String note) {
    return parse(NoteText.utf8(note));
  }

  /// Reads signature lines alone, as a witness answers with them.
  ///
  /// @param lines one at least, each ending in a newline
  /// @throws NoteException where one is none, or there are more than [#MAX_SIGNATURES]
  public static List<NoteSignature> lines(String lines) {
    if (!lines.endsWith("\n")) {
      throw malformed("signature lines end in a newline");
    }
    List<NoteSignature> signatures = new ArrayList<>();
    for (int at = 0; at < lines.length(); ) {
      int end = lines.indexOf('\n', at);
      if (signatures.size() == MAX_SIGNATURES) {
        throw malformed("the note has more than " + MAX_SIGNATURES + " signatures");
      }
      signatures.add(NoteSignature.parse(lines.substring(at, end)));
      at = end + 1;
    }
    return signatures;
  }

  private static NoteException malformed(String why) {
    return new NoteException(NoteException.Kind.MALFORMED, why);
  }

  /// Checks every signature that says it is a known key's; others are passed over.
  ///
  /// @return the first signature of each known key
  /// @throws NoteException where one of them does not verify, or there is none
  public List<NoteSignature> verifiedBy(Collection<NoteVerifier> known) {
    List<NoteSignature> verified = signaturesOf(known);
    if (verified.isEmpty()) {
      throw new NoteException(
          NoteException.Kind.UNSIGNED, "none of the known keys has signed the note");
    }
    return verified;
  }

  /// As [#verifiedBy], where there need not be any.
  ///
  /// @throws NoteException where one does not verify
  public List<NoteSignature> signaturesOf(Collection<NoteVerifier> known) {
    byte[] bytes = NoteText.utf8(text);
    List<NoteSignature> verified = new ArrayList<>();
    Set<NoteVerifier> seen = new HashSet<>();
    for (NoteSignature signature : signatures) {
      for (NoteVerifier verifier : known) {
        if (verifier.claims(signature) && seen.add(verifier)) {
          if (!verifier.verifies(bytes, signature)) {
            throw new NoteException(
                NoteException.Kind.BAD_SIGNATURE,
                "the note's signature of " + verifier.name() + " is not that key's");
          }
          verified.add(signature);
        }
      }
    }
    return verified;
  }

  /// @return the same text with further signatures; those that stand already are not added again
  public SignedNote with(Collection<NoteSignature> further) {
    List<NoteSignature> all = new ArrayList<>(signatures);
    further.stream().filter(one -> !all.contains(one)).forEach(all::add);
    return new SignedNote(text, all);
  }

  /// @return the whole note
  public String format() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(signature -> note.append(signature.line()));
    return note.toString();
  }

  public byte[] bytes() {
    return NoteText.utf8(format());
  }
}
