package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import no.spor.conformance.SampleBlocks;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.PartAddress;
import no.spor.storage.mongodb.FaultProxy.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the ledger's store makes of writes that fail, saved and not saved.
class LedgerFaultsTest {
  private final TestDatabase database = TestDatabase.inMemory();
  private FaultProxy proxy;
  private MongoLedgerStore store;
  private MongoLedgerStore witness;
  private SampleBlocks samples;

  @BeforeEach
  void open() throws Exception {
    proxy = database.proxy();
    store = MongoLedgerStore.open(through(), "main", new UUID(1, 2), FaultProxy.around());
    witness = MongoLedgerStore.open(database.settings(), "main", new UUID(3, 4));
    samples = new SampleBlocks(store.ledger(), 20_261_122, null);
  }

  private MongoSettings through() {
    return new MongoSettings(
        proxy.uri(), database.settings().database(), true, false, Duration.ofMillis(1500));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    witness.close();
    proxy.close();
    assertThat(proxy.violations()).as("what the stores are not to rest on").isEmpty();
    assertThat(proxy.weakWrites()).as("writes that may be lost").isEmpty();
    database.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"LOSE_REPLY", "NO_MAJORITY", "DELAY_REPLY"})
  void whatWasSavedIsSaidToStandWhateverTheReply(Fault fault) {
    var blocks = samples.any(4);
    store.append(blocks.subList(0, 1));
    proxy.harm(fault, 0);
    assertThat(store.append(blocks.subList(1, 3))).isEqualTo(2);
    assertThat(proxy.harmed()).isTrue();
    assertThat(store.append(blocks.subList(3, 4))).isOne();
    assertStand(blocks);
  }

  @Test
  void whatWasNotSavedIsUnknownAndCanBeSaidAgain() {
    var blocks = samples.any(3);
    store.append(blocks.subList(0, 1));
    proxy.harm(Fault.CUT_BEFORE, 0);
    assertUnknown(blocks.subList(1, 3));
    assertThat(witness.blocks(0, 9)).hasSize(1);
    assertThat(store.append(blocks.subList(1, 3))).isEqualTo(2);
    assertStand(blocks);
  }

  @Test
  void aWriteThatLandsLateIsOnesOwn() throws Exception {
    var blocks = samples.any(3);
    store.append(blocks.subList(0, 1));
    proxy.harm(Fault.LATE, 0);
    assertUnknown(blocks.subList(1, 3));
    proxy.landLate();
    assertThat(store.append(blocks.subList(1, 3))).isEqualTo(2);
    assertStand(blocks);
  }

  @Test
  void aWriteThatLandsAfterAnothersBlockIsLost() throws Exception {
    var first = samples.simple();
    store.append(List.of(first));
    var mine = samples.any(2);
    proxy.harm(Fault.LATE, 0);
    assertUnknown(mine);
    var rivals = new SampleBlocks(store.ledger(), 7, first.head()).any(2);
    assertThat(witness.append(rivals)).isEqualTo(2);
    proxy.landLate();
    assertThat(store.append(mine)).isZero();
    var all = new ArrayList<Block>(List.of(first));
    all.addAll(rivals);
    assertStand(all);
  }

  @Test
  void aDuplicateThatIsOnesOwnIsNotTakenForAnothers() {
    var blocks = samples.any(4);
    store.append(blocks.subList(0, 1));
    // As an earlier attempt would have left it, of which this store knows nothing.
    witness.append(blocks.subList(1, 3));
    assertThat(store.append(blocks.subList(1, 4))).isEqualTo(3);
    assertStand(blocks);
  }

  @Test
  void anothersBlockEndsThePrefix() {
    var first = samples.simple();
    store.append(List.of(first));
    var mine = samples.any(3);
    witness.append(mine.subList(0, 1));
    var rival = new SampleBlocks(store.ledger(), 7, mine.getFirst().head()).simple();
    witness.append(List.of(rival));
    assertThat(store.append(mine)).isOne();
    assertStand(List.of(first, mine.getFirst(), rival));
  }

  @ParameterizedTest
  @EnumSource(names = {"CUT_BEFORE", "LOSE_REPLY", "NO_MAJORITY", "DELAY_REPLY"})
  void partsAreDroppedOnceWhateverBecomesOfTheWrite(Fault fault) {
    var label = "presence/1/2026-11-22";
    var block = samples.record(60).part(label, 0, samples.bytes(99)).record(60).build();
    store.append(List.of(block));
    proxy.harm(fault, 0);
    assertThat(store.drop(0, List.of(new PartAddress(0, 0)))).isOne();
    assertThat(proxy.harmed()).isTrue();
    assertThat(witness.blocks(0, 1).getFirst().groups().getFirst().bytes()).hasSize(37);
    assertThat(store.drop(0, List.of(new PartAddress(0, 0)))).isZero();
  }

  private void assertStand(List<Block> blocks) {
    assertThat(witness.heads(0, 9))
        .extracting(BlockHead::commit)
        .isEqualTo(blocks.stream().map(block -> block.head().commit()).toList());
  }

  private void assertUnknown(List<Block> blocks) {
    try {
      store.append(blocks);
      throw new AssertionError("said to stand");
    } catch (LedgerOutcomeUnknownException e) {
      assertThat(proxy.harmed()).isTrue();
    } catch (LedgerStoreException e) {
      throw new AssertionError("said that nothing was written", e);
    }
  }
}
