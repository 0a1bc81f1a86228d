package no.spor.ledger.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.note.NoteException;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A ledger's origin and keys, over their whole life.
class LedgerIdentityTest {
  private static final UUID LEDGER = UUID.fromString("0192aaaa-bbbb-7ccc-8ddd-eeeeffff0001");
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

  private final CheckpointsForTest store = new CheckpointsForTest();
  private final KeysInMemory keys = new KeysInMemory();

  private LedgerIdentity open(@Nullable String origin) {
    return LedgerIdentity.open(store, keys, LEDGER, store.newest().isEmpty(), origin, CLOCK);
  }

  private Checkpoint publish(LedgerIdentity identity, long size) {
    Checkpoint next = new Checkpoint(identity.origin(), size, new byte[32]);
    Checkpoint previous = store.newest().map(Published::checkpoint).orElse(null);
    assertThat(store.publish(previous, new Published(next, identity.sign(next), 0))).isTrue();
    return next;
  }

  private List<NoteVerifier> signersOfNewest(LedgerIdentity identity) {
    SignedNote note = SignedNote.parse(store.newest().orElseThrow().note());
    note.verifiedBy(identity.keys());
    return identity.keys().stream()
        .filter(key -> note.signatures().stream().anyMatch(key::claims))
        .toList();
  }

  @Test
  void theFirstStartMakesAnOriginThatStays() {
    LedgerIdentity first = open(null);
    assertThat(first.origin()).isEqualTo("spor.invalid/ledger/0192aaaabbbb7ccc8dddeeeeffff0001");
    assertThat(open(null).keys()).isEqualTo(first.keys());
    assertThat(open(first.origin()).keys()).isEqualTo(first.keys());
    publish(first, 1);
    assertThat(signersOfNewest(first)).containsExactlyElementsOf(first.keys());
  }

  @Test
  void anotherOriginLaterIsRefused() {
    open("example.com/log");
    assertThatThrownBy(() -> open("example.com/other"))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("example.com/log, for good");
  }

  @Test
  void whatIsNoOriginIsRefused() {
    for (String origin : List.of("", "a b", "a+b", "a\nb", "https://example.com", "æ.example")) {
      assertThatThrownBy(() -> open(origin)).as(origin).isInstanceOf(IdentityException.class);
    }
    assertThat(store.keyStatements()).isEmpty();
  }

  @Test
  void aStoreOfCheckpointsThatWasLostIsNotMadeAnewForALedgerThatHoldsRecords() {
    assertThatThrownBy(() -> LedgerIdentity.open(store, keys, LEDGER, false, null, CLOCK))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("checkpoints.db");
  }

  @Test
  void aStoreThatKnowsTheKeyAndNoCheckpointIsNotServedForALedgerThatHoldsRecords() {
    open(null); // made, and nothing published
    assertThatThrownBy(() -> LedgerIdentity.open(store, keys, LEDGER, false, null, CLOCK))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("no checkpoint");
    LedgerIdentity.continueUnder(store, keys, "example.com/log/2", CLOCK);
    assertThat(LedgerIdentity.open(store, keys, LEDGER, false, null, CLOCK).origin())
        .isEqualTo("example.com/log/2");
  }

  @Test
  void aKeyStoreWithoutTheKeyIsRefused() {
    keys.lose(open(null).keys().getFirst());
    assertThatThrownBy(() -> open(null))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("key store");
  }

  @Test
  void bothKeysSignTheHandOverAndTheNewOneAloneWhatFollows() {
    LedgerIdentity identity = open(null);
    publish(identity, 7);
    NoteVerifier old = identity.keys().getFirst();
    NoteVerifier next = identity.rotate(CLOCK);

    assertThat(identity.keys()).containsExactly(next, old);
    assertThat(store.newest().orElseThrow().checkpoint().size()).isEqualTo(7);
    assertThat(signersOfNewest(identity)).containsExactly(next, old);
    publish(identity, 8);
    assertThat(signersOfNewest(identity)).containsExactly(next);

    LedgerIdentity again = open(null);
    assertThat(again.keys()).containsExactly(next, old);
    KeyStatement statement = again.statements().getLast();
    assertThat(statement.last()).contains(new Checkpoint(identity.origin(), 7, new byte[32]));
    assertThat(KeyStatement.follow(old, again.statements())).containsExactly(old, next);
    assertThat(KeyStatement.follow(next, again.statements())).containsExactly(next);
  }

  @Test
  void aRotationThatCrashedHalfWayIsFinishedByTheNextStart() {
    LedgerIdentity identity = open(null);
    publish(identity, 7);
    store.crashesBeforePublishing = true;
    assertThatThrownBy(() -> identity.rotate(CLOCK)).hasMessage("crashed");
    store.crashesBeforePublishing = false;

    LedgerIdentity again = open(null);
    assertThat(again.keys()).hasSize(2);
    assertThat(signersOfNewest(again)).isEqualTo(again.keys());
  }

  @Test
  void aNodeThatStillRunsWithTheFormerKeySignsWithTheNewOne() {
    LedgerIdentity running = open(null);
    LedgerIdentity offline = open(null);
    NoteVerifier next = offline.rotate(CLOCK);
    publish(running, 3);
    assertThat(signersOfNewest(running)).containsExactly(next);
  }

  @Test
  void itSignsForItsOwnOriginOnly() {
    LedgerIdentity identity = open(null);
    assertThatThrownBy(() -> identity.sign(new Checkpoint("example.com/other", 1, new byte[32])))
        .isInstanceOf(LedgerStoreException.class);
  }

  @Test
  void aRestoredLedgerGoesOnUnderANewOriginThatTheFormerKeyVouchesFor() {
    LedgerIdentity before = open("example.com/log");
    publish(before, 9);
    NoteVerifier old = before.keys().getFirst();
    LedgerIdentity.continueUnder(store, keys, "example.com/log/2", CLOCK);
    LedgerIdentity after = open(null);

    assertThat(after.origin()).isEqualTo("example.com/log/2");
    assertThat(after.predecessor()).isEqualTo("example.com/log");
    assertThat(after.keys()).hasSize(2).contains(old);
    assertThat(after.keysOfOrigin()).hasSize(1).doesNotContain(old);
    assertThat(KeyStatement.follow(old, after.statements())).hasSize(2);
    assertThat(after.statements().getLast().last())
        .contains(new Checkpoint("example.com/log", 9, new byte[32]));
    publish(after, 4);
    assertThat(signersOfNewest(after)).isEqualTo(after.keysOfOrigin());
    assertThatThrownBy(() -> LedgerIdentity.continueUnder(store, keys, "example.com/log", CLOCK))
        .isInstanceOf(IdentityException.class);

    after.rotate(CLOCK);
    assertThat(after.predecessor()).isEqualTo("example.com/log");
    assertThat(KeyStatement.follow(old, after.statements())).hasSize(3);
  }

  @Test
  void withoutTheFormerKeyALedgerGoesOnButNobodyFollowsByItself() {
    LedgerIdentity before = open("example.com/log");
    NoteVerifier old = before.keys().getFirst();
    keys.lose(old);
    LedgerIdentity.continueUnder(store, keys, "example.com/log/2", CLOCK);
    LedgerIdentity after = open(null);
    assertThat(after.statements().getLast().handedOver()).isFalse();
    assertThat(KeyStatement.follow(old, after.statements())).containsExactly(old);
  }

  @Test
  void aLostStoreOfCheckpointsBeginsAnewUnderANewOrigin() {
    LedgerIdentity.continueUnder(store, keys, "example.com/log/2", CLOCK);
    LedgerIdentity after = LedgerIdentity.open(store, keys, LEDGER, false, null, CLOCK);
    assertThat(after.origin()).isEqualTo("example.com/log/2");
    assertThat(after.predecessor()).isNull();
  }

  @Test
  void statementsThatAreLeftOutReorderedOrOfSomebodyElseAreRefused() {
    LedgerIdentity identity = open(null);
    identity.rotate(CLOCK);
    identity.rotate(CLOCK);
    List<String> three = store.keyStatements();
    assertThat(KeyStatement.chain(three)).hasSize(3);
    refused(List.of(three.get(1), three.get(2)));
    refused(List.of(three.get(0), three.get(2)));
    refused(List.of(three.get(0), three.get(2), three.get(1)));
    refused(List.of(three.get(0), three.get(0)));
    List<String> stranger = new ArrayList<>(three.subList(0, 1));
    CheckpointsForTest other = new CheckpointsForTest();
    LedgerIdentity.open(other, keys, LEDGER, true, null, CLOCK).rotate(CLOCK);
    stranger.add(other.keyStatements().get(1));
    refused(stranger);
  }

  private static void refused(List<String> notes) {
    assertThatThrownBy(() -> KeyStatement.chain(notes)).isInstanceOf(IdentityException.class);
  }

  @Test
  void aStatementThatEitherKeyHasNotSignedIsRefused() {
    LedgerIdentity identity = open(null);
    identity.rotate(CLOCK);
    SignedNote whole = SignedNote.parse(store.keyStatements().get(1));
    for (int kept = 0; kept < 2; kept++) {
      SignedNote half = new SignedNote(whole.text(), List.of(whole.signatures().get(kept)));
      assertThatThrownBy(() -> KeyStatement.parse(half.format()))
          .isInstanceOfAny(IdentityException.class, NoteException.class);
    }
    SignedNote changed =
        new SignedNote(whole.text().replace("size 0", "size 1"), whole.signatures());
    assertThatThrownBy(() -> KeyStatement.parse(changed.format()))
        .isInstanceOf(NoteException.class);
  }

  @Test
  void aCheckpointIsNeverTakenForAStatementNorAStatementForACheckpoint() {
    LedgerIdentity identity = open(null);
    publish(identity, 2);
    String checkpoint = store.newest().orElseThrow().note();
    assertThatThrownBy(() -> KeyStatement.parse(checkpoint)).isInstanceOf(IdentityException.class);
    String statement = identity.statements().getFirst().note().text();
    assertThatThrownBy(() -> Checkpoint.parse(statement)).isInstanceOf(RuntimeException.class);
  }
}
