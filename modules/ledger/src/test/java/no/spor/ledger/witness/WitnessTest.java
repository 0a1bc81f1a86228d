package no.spor.ledger.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.NoteSignature;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.witness.Witness.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// C2SP `tlog-witness`, answer by answer, and what a witness survives.
class WitnessTest {
  private static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");

  @TempDir Path folder;
  private final NoteKey key =
      NoteKey.generate("witness.example/w1", KeyType.COSIGNATURE, new SecureRandom());
  private final SampleLog log = new SampleLog("log.example/a");
  private final InMemory state = new InMemory();
  private final Witness witness = witness(state);

  private static final class InMemory implements WitnessState {
    final Map<String, String> notes = new HashMap<>();
    boolean fails;
    boolean keepsAllTheSame;

    @Override
    public synchronized Optional<String> newest(String log) {
      return Optional.ofNullable(notes.get(log));
    }

    @Override
    public synchronized void keep(String log, String note) throws IOException {
      if (!fails || keepsAllTheSame) {
        notes.put(log, note);
      }
      if (fails) {
        throw new IOException("the disk is full");
      }
    }
  }

  private Witness witness(WitnessState kept) {
    try {
      return new Witness(List.of(log.key()), kept, key.signer(InstantSource.fixed(NOW)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer add(AddCheckpoint request) throws IOException {
    return witness.addCheckpoint(request.body());
  }

  private Answer add(String body) throws IOException {
    return witness.addCheckpoint(body.getBytes(StandardCharsets.UTF_8));
  }

  private void assertCosigned(AddCheckpoint request, Answer answer) throws IOException {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    SignedNote note = SignedNote.parse(request.note());
    List<NoteSignature> lines = SignedNote.lines(answer.body());
    assertThat(new SignedNote(note.text(), lines).verifiedBy(List.of(key.verifier())))
        .singleElement()
        .satisfies(one -> assertThat(one.cosignedAt()).contains(NOW));
    String shown = witness.checkpoint(Witness.hash(log.origin)).orElseThrow();
    assertThat(SignedNote.parse(shown).verifiedBy(List.of(log.key(), key.verifier()))).hasSize(2);
    assertThat(Checkpoint.textOf(shown)).isEqualTo(note.text());
  }

  @Test
  void everyStepOfAHonestLogIsCosigned() throws IOException {
    int[] sizes = {0, 0, 1, 1, 2, 3, 7, 8, 9, 64, 100, 257, 257};
    int old = 0;
    for (int size : sizes) {
      AddCheckpoint request = log.request(old, size);
      assertCosigned(request, add(request));
      old = size;
    }
  }

  @Test
  void aFirstCheckpointOfAnySizeIsCosigned() throws IOException {
    AddCheckpoint request = log.request(0, 77);
    assertCosigned(request, add(request));
  }

  @Test
  void anotherOldSizeIsAnsweredWithTheSizeThatStands() throws IOException {
    add(log.request(0, 10));
    for (int old : new int[] {0, 1, 9, 11, 12}) {
      Answer answer = add(log.request(old, 12));
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.contentType()).isEqualTo("text/x.tlog.size");
      assertThat(answer.body()).isEqualTo("10\n");
    }
    assertThat(add(log.request(10, 12)).status()).isEqualTo(200);
  }

  @Test
  void aLogThatIsNotKnownOrNotSignedIsRefused() throws IOException {
    assertThat(add(new SampleLog("log.example/b").request(0, 3)).status()).isEqualTo(404);
    assertThat(add(new SampleLog("log.example/a").request(0, 3)).status()).isEqualTo(403);
    String good = new String(log.request(0, 3).body(), StandardCharsets.UTF_8);
    int last = good.length() - 8;
    char other = good.charAt(last) == 'A' ? 'B' : 'A';
    String broken = good.substring(0, last) + other + good.substring(last + 1);
    assertThat(add(broken).status()).isEqualTo(403);
    assertThat(state.notes).isEmpty();
  }

  @Test
  void aSplitViewIsRefusedAndTheFirstViewGoesOn() throws IOException {
    add(log.request(0, 10));
    SampleLog lie = log.splitAt(6);
    assertThat(add(lie.request(10, 20)).status()).isEqualTo(422);
    assertThat(add(lie.request(10, 10)).status()).isEqualTo(422);
    assertThat(add(lie.request(6, 20)).status()).isEqualTo(409);
    AddCheckpoint honest = log.request(10, 20);
    AddCheckpoint withTheirProof =
        new AddCheckpoint(10, lie.request(10, 20).proof(), honest.note());
    assertThat(add(withTheirProof).status()).isEqualTo(422);
    assertCosigned(honest, add(honest));
  }

  @Test
  void goingBackIsRefused() throws IOException {
    add(log.request(0, 10));
    assertThat(add(log.request(10, 9)).status()).isEqualTo(400);
    assertThat(add(log.request(9, 9)).status()).isEqualTo(409);
    assertThat(add(log.request(0, 9)).status()).isEqualTo(409);
    assertThat(add(log.request(0, 0)).status()).isEqualTo(409);
  }

  @Test
  void aProofThatIsNotExactlyTheProofIsRefused() throws IOException {
    AddCheckpoint first = log.request(0, 9);
    List<byte[]> surplus = List.of(new byte[32]);
    assertThat(add(new AddCheckpoint(0, surplus, first.note())).status()).isEqualTo(422);
    add(first);
    AddCheckpoint next = log.request(9, 21);
    List<byte[]> proof = next.proof();
    List<List<byte[]>> wrong = new ArrayList<>();
    wrong.add(List.of());
    wrong.add(proof.subList(1, proof.size()));
    wrong.add(proof.subList(0, proof.size() - 1));
    wrong.add(proof.reversed());
    List<byte[]> longer = new ArrayList<>(proof);
    longer.add(new byte[32]);
    wrong.add(longer);
    for (List<byte[]> one : wrong) {
      assertThat(add(new AddCheckpoint(9, one, next.note())).status()).isEqualTo(422);
    }
    assertThat(add(new AddCheckpoint(9, surplus, log.checkpoint(9))).status()).isEqualTo(422);
    assertCosigned(next, add(next));
  }

  @Test
  void whatIsNoRequestIsRefused() throws IOException {
    String good = new String(log.request(0, 3).body(), StandardCharsets.UTF_8);
    String hash = "A".repeat(43) + "=\n";
    List<String> bad =
        List.of(
            "",
            "\n\n",
            good.substring(6),
            good.replace("old 0", "old 00"),
            good.replace("old 0", "old -1"),
            good.replace("old 0", "old +0"),
            good.replace("old 0", "old 0 "),
            good.replace("old 0", "Old 0"),
            good.replace("old 0", "old 9223372036854775808"),
            good.replace("old 0\n", "old 0\r\n"),
            good.replace("old 0\n", "old 0\nAAAA\n"),
            good.replace("old 0\n", "old 0\n" + hash.replace("=", "")),
            good.replace("old 0\n", "old 0\n" + hash.repeat(64)),
            good.replace("\n\nlog", "\nlog"),
            good.replace("\n3\n", "\n03\n"),
            good.replace("\n3\n", "\n-3\n"),
            good.stripTrailing(),
            good + "\n",
            good + "x\n");
    for (String one : bad) {
      assertThat(add(one).status()).as(one).isEqualTo(400);
    }
    assertThat(witness.addCheckpoint(new byte[] {'o', 'l', 'd', ' ', '0', '\n', '\n', -1}).status())
        .isEqualTo(400);
    assertThat(add(good.replace("old 0\n", "old 0\n" + hash.repeat(63))).status()).isEqualTo(422);
    assertThat(add(good).status()).isEqualTo(200);
  }

  @Test
  void nothingIsSignedThatCouldNotBeKept() throws IOException {
    add(log.request(0, 5));
    state.fails = true;
    assertThatThrownBy(() -> add(log.request(5, 8))).isInstanceOf(IOException.class);
    state.fails = false;
    // Failed and not saved: another view of that size may still be signed, none was.
    assertThat(add(log.request(5, 8)).status()).isEqualTo(200);
    state.fails = true;
    state.keepsAllTheSame = true;
    assertThatThrownBy(() -> add(log.request(8, 9))).isInstanceOf(IOException.class);
    state.fails = false;
    // Failed but saved: from here on it goes by what is saved.
    assertThat(add(log.splitAt(8).request(8, 9)).status()).isEqualTo(409);
    assertThat(add(log.splitAt(8).request(9, 9)).status()).isEqualTo(422);
    assertThat(add(log.request(9, 9)).status()).isEqualTo(200);
  }

  @Test
  void aRestartedWitnessGoesOnWhereItWas() throws Exception {
    try (WitnessFolder kept = WitnessFolder.open(folder.resolve("w"))) {
      assertThat(witness(kept).addCheckpoint(log.request(0, 5).body()).status()).isEqualTo(200);
      assertThatThrownBy(() -> WitnessFolder.open(folder.resolve("w")))
          .hasMessageContaining("another witness");
    }
    try (WitnessFolder kept = WitnessFolder.open(folder.resolve("w"))) {
      Witness again = witness(kept);
      assertThat(again.addCheckpoint(log.request(0, 8).body()).body()).isEqualTo("5\n");
      assertThat(again.addCheckpoint(log.request(5, 8).body()).status()).isEqualTo(200);
    }
  }

  @Test
  void stateThatWasChangedIsNotTakenForNone() throws Exception {
    Path file = folder.resolve("w").resolve(Witness.hash(log.origin) + ".checkpoint");
    try (WitnessFolder kept = WitnessFolder.open(folder.resolve("w"))) {
      witness(kept).addCheckpoint(log.request(0, 5).body());
      String note = Files.readString(file);
      for (String changed : List.of("", note.replace("\n5\n", "\n4\n"), log.checkpoint(5))) {
        Files.writeString(file, changed);
        assertThatThrownBy(() -> witness(kept)).hasMessageContaining("damaged");
      }
    }
  }

  @Test
  void theKeyStaysAndIsItsOwnersAlone() throws Exception {
    SecureRandom random = new SecureRandom();
    try (WitnessFolder kept = WitnessFolder.open(folder.resolve("w"))) {
      NoteKey made = kept.key("witness.example/w9", random);
      assertThat(kept.key(null, random).verifier()).isEqualTo(made.verifier());
      assertThatThrownBy(() -> kept.key("witness.example/w8", random))
          .isInstanceOf(IOException.class);
      assertThat(Files.getPosixFilePermissions(folder.resolve("w").resolve("witness.key")))
          .hasSize(2);
    }
  }

  /// Two views of one log are thrown at it by many at once: of no size two roots are signed.
  @Test
  void racingViewsNeverGetTwoRootsOfOneSizeSigned() throws Exception {
    long seed = 20_261_122;
    SampleLog lie = log.splitAt(3);
    log.checkpoint(60);
    lie.checkpoint(60);
    ConcurrentLinkedQueue<Checkpoint> signed = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Random random = new Random(seed + t);
      SampleLog view = t % 2 == 0 ? log : lie;
      threads.add(Thread.ofPlatform().start(() -> race(view, random, signed)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Map<Long, Checkpoint> bySize = new HashMap<>();
    assertThat(signed).as("seed %d", seed).hasSizeGreaterThan(3);
    for (Checkpoint one : signed) {
      Checkpoint before = bySize.putIfAbsent(one.size(), one);
      assertThat(before == null || before.equals(one)).as("seed %d, %s", seed, one).isTrue();
    }
    long largest = bySize.keySet().stream().mapToLong(Long::longValue).max().orElseThrow();
    String last = state.notes.get(Witness.hash(log.origin));
    assertThat(Checkpoint.parse(Checkpoint.textOf(last)).size()).isEqualTo(largest);
  }

  private void race(SampleLog view, Random random, ConcurrentLinkedQueue<Checkpoint> signed) {
    try {
      int old = 0;
      for (int i = 0; i < 60; i++) {
        int size = Math.min(60, old + random.nextInt(4));
        AddCheckpoint request;
        synchronized (view) {
          request = view.request(old, size);
        }
        Answer answer = add(request);
        if (answer.status() == 200) {
          signed.add(Checkpoint.parse(SignedNote.parse(request.note()).text()));
          old = size;
        } else if (answer.status() == 409) {
          old = Integer.parseInt(answer.body().strip());
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
