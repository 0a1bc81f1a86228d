package no.spor.ledger.witness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.note.NoteException;
import no.spor.ledger.note.NoteSignature;
import no.spor.ledger.note.NoteSigner;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.tree.MerkleHasher;
import no.spor.ledger.tree.MerkleProofs;
import org.jspecify.annotations.Nullable;

/// A witness (C2SP `tlog-witness`): cosigns a log's checkpoint where it continues the one that it
/// cosigned last, and no other. It never signs two roots of one size, and never goes back.
/// Thread-safe.
///
/// A cosignature leaves it after the checkpoint is durable in its state: a crash in between makes
/// it know more than it has said, never less.
public final class Witness {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Map<String, Log> logs;
  private final WitnessState state;
  private final NoteSigner cosigner;

  /// One at a time of each log: comparing and keeping are one step.
  private static final class Log {
    final String hash;
    final List<NoteVerifier> keys;

    Log(String hash, List<NoteVerifier> keys) {
      this.hash = hash;
      this.keys = keys;
    }
  }

  /// @param status of HTTP
  public record Answer(int status, String contentType, String body) {}

  /// @param logs keys of the logs that are witnessed, their names being the origins; several of one
  ///   name are keys of one log
  /// @param cosigner makes cosignatures
  /// @throws IOException where what was kept is damaged
  public Witness(Collection<NoteVerifier> logs, WitnessState state, NoteSigner cosigner)
      throws IOException {
    this.logs =
        logs.stream().collect(Collectors.groupingBy(NoteVerifier::name)).entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, log -> new Log(hash(log.getKey()), log.getValue())));
    this.state = state;
    this.cosigner = cosigner;
    for (Map.Entry<String, Log> log : this.logs.entrySet()) {
      last(log.getKey(), log.getValue());
    }
  }

  /// @return what names a log's newest checkpoint: SHA-256 of the origin, lowercase hexadecimal
  public static String hash(String origin) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(origin.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// `POST /add-checkpoint`.
  ///
  /// @throws IOException where the state cannot be read or kept: nothing is cosigned then
  public Answer addCheckpoint(byte[] body) throws IOException {
    AddCheckpoint request;
    SignedNote note;
    Checkpoint checkpoint;
    try {
      request = AddCheckpoint.parse(body);
      note = SignedNote.parse(request.note());
      checkpoint = Checkpoint.parse(note.text());
    } catch (AddCheckpoint.MalformedException | NoteException | LedgerDamageException e) {
      return refused(400, e.getMessage());
    }
    Log log = logs.get(checkpoint.origin());
    if (log == null) {
      return refused(404, "this witness does not know the log of that origin");
    }
    List<NoteSignature> signatures;
    try {
      signatures = note.verifiedBy(log.keys);
    } catch (NoteException e) {
      return refused(403, e.getMessage());
    }
    if (request.oldSize() > checkpoint.size()) {
      return refused(400, "the old size is larger than the checkpoint's");
    }
    synchronized (log) {
      return add(log, request, checkpoint, new SignedNote(note.text(), signatures));
    }
  }

  private Answer add(Log log, AddCheckpoint request, Checkpoint next, SignedNote note)
      throws IOException {
    Checkpoint last = last(next.origin(), log);
    long size = last == null ? 0 : last.size();
    if (request.oldSize() != size) {
      return new Answer(409, "text/x.tlog.size", size + "\n");
    }
    if (next.size() == 0 && !Arrays.equals(next.root(), MerkleHasher.emptyRoot())) {
      return refused(422, "a tree without entries has another root");
    }
    boolean continues =
        last == null || size == 0
            ? request.proof().isEmpty()
            : MerkleProofs.isConsistent(
                size, last.root(), next.size(), next.root(), request.proof());
    if (!continues) {
      return refused(422, "the checkpoint is not proven to continue the last one");
    }
    NoteSignature cosignature = cosigner.sign(note.text());
    state.keep(log.hash, note.with(List.of(cosignature)).format());
    return new Answer(200, TEXT, cosignature.line());
  }

  private static Answer refused(int status, @Nullable String why) {
    return new Answer(status, TEXT, why + "\n");
  }

  private @Nullable Checkpoint last(String origin, Log log) throws IOException {
    Optional<String> kept = state.newest(log.hash);
    if (kept.isEmpty()) {
      return null;
    }
    try {
      SignedNote note = SignedNote.parse(kept.get());
      note.verifiedBy(List.of(cosigner.verifier()));
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      if (checkpoint.origin().equals(origin)) {
        return checkpoint;
      }
    } catch (NoteException | LedgerDamageException e) {
      // Said below.
    }
    throw new IOException(
        "what this witness has kept of " + origin + " is damaged: it cosigns nothing more of it");
  }

  /// `GET /<origin hash>/checkpoint`.
  ///
  /// @return the checkpoint that was cosigned last, with the log's signature and the witness's;
  ///   empty where none ever was
  public Optional<String> checkpoint(String originHash) throws IOException {
    for (Log log : logs.values()) {
      if (log.hash.equals(originHash)) {
        return state.newest(log.hash);
      }
    }
    return Optional.empty();
  }
}
