package no.spor.ledger.witness;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.NoteSigner;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;

/// A log with a naive tree, straight from RFC 6962 §2.1, that can lie.
final class SampleLog {
  final String origin;
  private final NoteSigner signer;
  private final List<byte[]> leaves = new ArrayList<>();
  private final String flavour;

  SampleLog(String origin) {
    this(
        origin,
        NoteKey.generate(origin, KeyType.ED25519, new SecureRandom())
            .signer(InstantSource.system()),
        "honest");
  }

  private SampleLog(String origin, NoteSigner signer, String flavour) {
    this.origin = origin;
    this.signer = signer;
    this.flavour = flavour;
  }

  /// The same key and the same first entries, and others after them.
  SampleLog splitAt(int size) {
    SampleLog split = new SampleLog(origin, signer, "split");
    grow(size);
    split.leaves.addAll(leaves.subList(0, size));
    return split;
  }

  NoteVerifier key() {
    return signer.verifier();
  }

  private void grow(int size) {
    while (leaves.size() < size) {
      leaves.add(hash(0, (flavour + leaves.size()).getBytes(StandardCharsets.UTF_8), new byte[0]));
    }
  }

  String checkpoint(int size) {
    grow(size);
    return SignedNote.of(new Checkpoint(origin, size, root(0, size)).text(), List.of(signer))
        .format();
  }

  AddCheckpoint request(int old, int size) {
    String checkpoint = checkpoint(size);
    return new AddCheckpoint(
        old, old == 0 || old > size ? List.of() : proof(old, 0, size, true), checkpoint);
  }

  Submission submission(int size) {
    String note = checkpoint(size);
    Published published = new Published(Checkpoint.parse(Checkpoint.textOf(note)), note, 0);
    return new Submission() {
      @Override
      public Published published() {
        return published;
      }

      @Override
      public List<byte[]> proof(long oldSize) {
        return SampleLog.this.proof((int) oldSize, 0, size, true);
      }
    };
  }

  byte[] root(int from, int to) {
    if (to == from) {
      return sha256(new byte[0]);
    }
    if (to - from == 1) {
      return leaves.get(from);
    }
    int k = Integer.highestOneBit(to - from - 1);
    return hash(1, root(from, from + k), root(from + k, to));
  }

  /// SUBPROOF(m, D[from:to], whole).
  private List<byte[]> proof(int m, int from, int to, boolean whole) {
    int n = to - from;
    if (m == n) {
      return whole ? new ArrayList<>() : new ArrayList<>(List.of(root(from, to)));
    }
    int k = Integer.highestOneBit(n - 1);
    List<byte[]> proof;
    if (m <= k) {
      proof = proof(m, from, from + k, whole);
      proof.add(root(from + k, to));
    } else {
      proof = proof(m - k, from + k, to, false);
      proof.add(root(from, from + k));
    }
    return proof;
  }

  private static byte[] hash(int first, byte[] left, byte[] right) {
    byte[] all = new byte[1 + left.length + right.length];
    all[0] = (byte) first;
    System.arraycopy(left, 0, all, 1, left.length);
    System.arraycopy(right, 0, all, 1 + left.length, right.length);
    return sha256(all);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
