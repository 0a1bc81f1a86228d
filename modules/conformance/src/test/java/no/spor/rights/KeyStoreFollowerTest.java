package no.spor.rights;

import static no.spor.rights.RightsNode.NOON;
import static no.spor.rights.RightsNode.TENANT;
import static no.spor.rights.RightsNode.account;
import static no.spor.rights.RightsNode.visitor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import no.spor.conformance.InMemoryKeyStore;
import no.spor.conformance.InMemoryLedgerStore;
import no.spor.ledger.Block;
import no.spor.ledger.axon.FurtherParts.FurtherPart;
import no.spor.rights.RightsNode.Stores;
import no.spor.rights.RightsNode.Unsent;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.Opened;
import no.spor.vault.PersonState;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.messaging.eventhandling.annotation.Event;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the ledger says is forgotten, the key store forgets.
class KeyStoreFollowerTest {
  @TempDir Path folder;
  private Stores stores;

  @BeforeEach
  void emptyStores() {
    stores = Stores.inMemory(folder);
  }

  @Test
  void whoIsErasedInTheLedgerIsGoneFromTheKeyStoreAndFenced() {
    try (RightsNode node = new RightsNode(stores)) {
      long position = node.record("1", account("ola"), account("kari"));
      UUID job = node.erase(account("ola"));
      assertThat(node.open(position, 0)).isInstanceOf(Opened.Erased.class);
      assertThat(node.open(position, 1)).isInstanceOf(Opened.Clear.class);
      assertThat(node.open(position, 2)).isInstanceOf(Opened.Clear.class);
      assertThat(node.vault.find(TENANT, account("ola")).state()).isEqualTo(PersonState.ERASED);
      assertThat(node.record("2", account("ola"))).isNegative();
      assertThat(stores.keys().jobs()).extracting(Job::id).containsExactly(job);
      assertThat(stores.keys().jobs().getFirst().pseudonyms()).hasSize(1);
    }
  }

  @Test
  void whatWasSealedBeforeTheErasureIsRefusedAfterIt() {
    try (RightsNode node = new RightsNode(stores)) {
      Unsent inFlight = node.seal("1", NOON, account("ola"));
      node.erase(account("ola"));
      assertThat(node.append("1", inFlight)).isNegative();
    }
  }

  @Test
  void someoneMadeBetweenTheDecisionAndTheRecordGoesToo() {
    try (RightsNode node = new RightsNode(stores)) {
      RightsEvent decided = node.erasure(UUID.randomUUID(), account("ola"));
      long position = node.record("1", account("ola"));
      Unsent inFlight = node.seal("2", NOON, account("ola"));
      node.say(decided);
      assertThat(node.open(position, 0)).isInstanceOf(Opened.Erased.class);
      assertThat(node.append("2", inFlight)).isNegative();
    }
  }

  @Test
  void aVisitorIsForgottenAndTheNextVisitIsSomeoneNew() {
    try (RightsNode node = new RightsNode(stores)) {
      long before = node.record("1", visitor("10.1.2.3"));
      node.erase(visitor("10.1.2.3"));
      long after = node.record("2", visitor("10.1.2.3"));
      assertThat(node.open(before, 0)).isInstanceOf(Opened.Erased.class);
      assertThat(node.open(after, 0)).isInstanceOf(Opened.Clear.class);
    }
  }

  @Test
  void afterAPermissionOnlyNewerEventsAreTakenAndNothingOldOpens() {
    try (RightsNode node = new RightsNode(stores)) {
      long before = node.record("1", account("ola"));
      node.erase(account("ola"));
      node.say(
          new RightsEvent.PersonPermitted(
              TENANT,
              NOON.toString(),
              "asked for it",
              null,
              List.of(FurtherPart.fence(account("ola")))));
      assertThat(node.record("2", NOON.minusMillis(1), account("ola"))).isNegative();
      long after = node.record("3", NOON, account("ola"));
      assertThat(node.open(before, 0)).isInstanceOf(Opened.Erased.class);
      assertThat(node.open(after, 0)).isInstanceOf(Opened.Clear.class);
    }
  }

  @Test
  void aKeyStoreThatMissedTheErasureForgetsAtTheNextStart() {
    long position;
    try (RightsNode node = new RightsNode(stores.withKeys(ForgetfulWrites.over(stores.keys())))) {
      position = node.record("1", account("ola"));
      node.axon
          .commands()
          .send(new RightsNode.Say(List.of(node.erasure(UUID.randomUUID(), account("ola")))));
      // Not written, and yet nobody here opens it or seals for that person.
      assertThat(node.open(position, 0)).isInstanceOf(Opened.Erased.class);
      assertThat(node.record("2", account("ola"))).isNegative();
      assertThat(node.follower.durable()).isLessThanOrEqualTo(position + 1);
    }
    assertThat(stores.keys().jobs()).isEmpty();
    try (RightsNode node = new RightsNode(stores)) {
      assertThat(stores.keys().jobs()).hasSize(1);
      assertThat(node.open(position, 0)).isInstanceOf(Opened.Erased.class);
      assertThat(node.vault.find(TENANT, account("ola")).state()).isEqualTo(PersonState.ERASED);
    }
  }

  @Test
  void anotherNodesErasureIsFollowed() {
    try (RightsNode one = new RightsNode(stores);
        RightsNode other = new RightsNode(stores)) {
      long position = one.record("1", account("ola"));
      Unsent inFlight = other.seal("2", NOON, account("ola"));
      one.erase(account("ola"));
      assertThat(other.append("2", inFlight)).isNegative();
      assertThat(other.open(position, 0)).isInstanceOf(Opened.Erased.class);
    }
  }

  @Test
  void aLedgerThatIsNotTheOneThatWasFollowedIsRefused() {
    try (RightsNode node = new RightsNode(stores)) {
      node.record("1", account("ola"));
      node.erase(account("ola"));
    }
    UUID id = stores.ledger().ledger();
    Stores shorter = stores.withLedger(new InMemoryLedgerStore(id));
    assertThatThrownBy(() -> new RightsNode(shorter)).isInstanceOf(ForeignHistoryException.class);
    Stores fresh = shorter.withKeys(new InMemoryKeyStore(new UUID(8, 9)));
    try (RightsNode node = new RightsNode(fresh)) {
      node.record("1", account("ola"));
      node.erase(account("ola"));
      node.erase(account("ola"));
    }
    assertThatThrownBy(() -> new RightsNode(shorter)).isInstanceOf(ForeignHistoryException.class);
  }

  @Event(namespace = "spor", name = "ledger-continued")
  record Continued(
      @EventTag(key = "vkey") String vkey,
      @EventTag(key = KeyStoreFollower.KEYS_FOLLOWED) String followed) {}

  @Test
  void aKeyStoreAheadOfARestoredLedgerGoesOnFromTheRecordThatSaysSoAlsoAfterACrash() {
    UUID id = stores.ledger().ledger();
    long position;
    List<Block> before;
    try (RightsNode node = new RightsNode(stores)) {
      position = node.record("1", account("ola"), account("kari"));
      before = stores.ledger().blocks(0, 100);
      node.erase(account("ola"));
    }
    InMemoryLedgerStore shorter = new InMemoryLedgerStore(id);
    shorter.append(before);
    Stores restored = stores.withLedger(shorter);
    assertThatThrownBy(() -> new RightsNode(restored))
        .isInstanceOf(ForeignHistoryException.class)
        .hasMessageContaining("ops/spor ledger continue");

    Supplier<Optional<String>> key = () -> Optional.of("key");
    Stores lost = restored.withKeys(ForgetfulWrites.over(stores.keys()));
    try (RightsNode node = new RightsNode(lost, key)) {
      String ahead = node.follower.ahead().orElseThrow();
      node.axon.commands().send(new RightsNode.SayOther(new Continued("key", ahead)));
      assertThat(node.open(position, 0)).isInstanceOf(Opened.Erased.class);
      assertThat(node.record("2", account("ola"))).isNegative();
    }
    assertThatThrownBy(() -> new RightsNode(restored)).isInstanceOf(ForeignHistoryException.class);
    long end = shorter.newest().orElseThrow().number();
    try (RightsNode node = new RightsNode(restored, key)) {
      assertThat(node.follower.ahead()).isEmpty();
      assertThat(stores.keys().followed(id).orElseThrow().block()).isEqualTo(end);
      assertThat(stores.keys().jobs()).isEmpty();
      assertThat(node.open(position, 0)).isInstanceOf(Opened.Erased.class);
      assertThat(node.open(position, 1)).isInstanceOf(Opened.Clear.class);
      assertThat(node.record("3", account("ola"))).isNegative();
      UUID again = node.erase(account("kari"));
      assertThat(stores.keys().jobs()).extracting(Job::id).containsExactly(again);
    }
    new RightsNode(restored).close(); // nobody's word is needed any more
  }

  @Test
  void closingAnAccountLeavesTheHistoryAlone() {
    try (RightsNode node = new RightsNode(stores)) {
      long position = node.record("1", account("ola"));
      UUID id = node.vault.find(TENANT, account("ola")).internalId();
      UUID job = UUID.randomUUID();
      node.say(new RightsEvent.AccountClosed(TENANT, job.toString(), id.toString(), "closed"));
      assertThat(node.open(position, 0)).isInstanceOf(Opened.Clear.class);
      assertThat(stores.keys().jobs()).extracting(Job::id).containsExactly(job);
    }
  }
}
