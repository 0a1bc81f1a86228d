package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import no.spor.ledger.Block;
import no.spor.ledger.verify.BlockSource;
import no.spor.ledger.verify.FindingKind;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.Verifier;
import no.spor.ledger.verify.VerifierKey;
import no.spor.rights.verify.RecordedHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// For every byte class of a stored ledger somebody changes it, and the verifier names what was
/// changed. An attacker here can write to the store; a forger can also use the writer's code, and
/// compute anew whatever is not signed.
public abstract class TamperSuite {
  /// Makes a store that was written with the honest blocks, and then changed behind its back to
  /// hold others. Both may be the same.
  protected abstract BlockSource stored(List<Block> honest, List<Block> changed);

  @ParameterizedTest
  @MethodSource("no.spor.conformance.Tampering#all")
  void itIsFoundAndNamed(Tampering one) {
    var history = new SampleHistory();
    one.forge().accept(history);
    var honest = SampleHistory.forgotten(history.build());
    var changed = new ArrayList<>(honest);
    one.tamper().accept(changed);

    var report = verifier(history, honest, changed).run();

    assertThat(report.counts().keySet()).as("%s", report).containsAll(one.found());
    assertThat(report.found()).isPositive();
  }

  @Test
  void whatNobodyChangedIsSound() {
    var history = new SampleHistory();
    var honest = SampleHistory.forgotten(history.build());
    var report = verifier(history, honest, honest).run();
    assertThat(report.counts()).as("%s", report).isEmpty();
    assertThat(report.unchecked()).isEmpty();
    assertThat(report.root()).isEqualTo(SampleHistory.root(SampleHistory.leaves(honest)));
  }

  @Test
  void withoutKeysItIsSoundAndSaysWhatWasNotChecked() {
    var honest = SampleHistory.forgotten(new SampleHistory().build());
    var report = Verifier.of(stored(honest, honest)).rules(new RecordedHistory(null)).run();
    assertThat(report.counts()).as("%s", report).isEmpty();
    assertThat(report.unchecked().values()).containsExactly(1L);
  }

  @Test
  void aHistoryRewrittenByTheWriterItselfDoesNotMatchWhatWasSigned() {
    var history = new SampleHistory();
    var honest = SampleHistory.forgotten(history.build());
    var rewritten = SampleHistory.forgotten(history.build());
    var report = verifier(history, honest, rewritten).run();
    assertThat(report.counts().keySet()).isEqualTo(EnumSet.of(FindingKind.CHECKPOINT_ROOT));
    assertThat(report.counts().get(FindingKind.CHECKPOINT_ROOT)).isGreaterThan(1L);
  }

  @Test
  void twoViewsUnderOneKeyAreFoundByWhoHoldsACheckpointOfTheOther() {
    var history = new SampleHistory();
    var shown = SampleHistory.forgotten(history.build());
    var otherView = SampleHistory.forgotten(history.build());
    var report =
        verifier(history, shown, shown)
            .checkpoint("an older one", history.checkpoint(otherView, 5), keys(history))
            .run();
    assertThat(report.counts().keySet()).isEqualTo(EnumSet.of(FindingKind.CHECKPOINT_ROOT));
  }

  @Test
  void eachLineOfACheckpointCounts() {
    var history = new SampleHistory();
    var honest = SampleHistory.forgotten(history.build());
    var note = history.checkpoint(honest, honest.size());
    var source = stored(honest, honest);
    for (int at = 0; at < note.length; at++) {
      var changed = note.clone();
      changed[at] ^= 1;
      var report =
          Verifier.of(source).threads(1).checkpoint("changed", changed, keys(history)).run();
      assertThat(report.counts().keySet())
          .as("byte %d", at)
          .containsAnyOf(FindingKind.CHECKPOINT_FORM, FindingKind.CHECKPOINT_SIGNATURE);
    }
    var other = new SampleHistory();
    var signedByAnother = other.checkpoint(honest, honest.size());
    assertThat(
            Verifier.of(stored(honest, honest))
                .checkpoint("another's", signedByAnother, keys(history))
                .run()
                .counts())
        .containsOnlyKeys(FindingKind.CHECKPOINT_SIGNATURE);
  }

  @Test
  void aChangedTileIsNamed() {
    var history = new SampleHistory();
    var honest = SampleHistory.forgotten(history.build());
    var leaves = SampleHistory.leaves(honest);
    var tile = new byte[32 * leaves.size()];
    for (int i = 0; i < leaves.size(); i++) {
      System.arraycopy(leaves.get(i), 0, tile, 32 * i, 32);
    }
    assertThat(withTile(honest, tile).sound()).isTrue();
    tile[100] ^= 1;
    assertThat(withTile(honest, tile).counts()).containsOnlyKeys(FindingKind.TILE);
  }

  private Report withTile(List<Block> honest, byte[] tile) {
    return Verifier.of(stored(honest, honest)).tiles((level, index, width) -> tile).run();
  }

  /// The one who is interrupted goes on where it was, and finds what comes after.
  @Test
  void anInterruptedCheckGoesOn() {
    var history = new SampleHistory();
    for (int i = 0; i < 40; i++) {
      history.blocks.add(
          List.of(
              history.event(SampleHistory.TENANT, "session", "2026-03-%02d".formatted(1 + i % 8))));
    }
    var honest = SampleHistory.forgotten(history.build());
    var states = new ArrayList<byte[]>();
    verifier(history, honest, honest)
        .progress((blocks, of, records, state) -> states.add(state.get()))
        .run();
    var report = verifier(history, honest, honest).resume(states.getFirst()).run();
    assertThat(report.counts()).as("%s", report).isEmpty();
    assertThat(report.root()).isEqualTo(SampleHistory.root(SampleHistory.leaves(honest)));
    var changed = new ArrayList<>(honest);
    changed.set(40, Tampering.copy(honest.get(40)));
    changed.get(40).entries()[3] ^= 1;
    assertThat(verifier(history, honest, changed).resume(states.getFirst()).run().counts())
        .containsKey(FindingKind.CHECKPOINT_ROOT);
    var other = SampleHistory.forgotten(history.build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> verifier(history, other, other).resume(states.getFirst()).run());
    var torn = states.getFirst().clone();
    torn[40] ^= 1;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> verifier(history, honest, honest).resume(torn).run());
  }

  /// With the checkpoints that the ledger published while it was honest.
  private Verifier verifier(SampleHistory history, List<Block> honest, List<Block> changed) {
    var verifier =
        Verifier.of(stored(honest, changed))
            .rules(new RecordedHistory(SampleHistory.payloads()))
            .threads(2);
    for (int count = 2; count <= honest.size(); count += 3) {
      verifier.checkpoint("checkpoint " + count, history.checkpoint(honest, count), keys(history));
    }
    return verifier.checkpoint(
        "the newest", history.checkpoint(honest, honest.size()), keys(history));
  }

  private static List<VerifierKey> keys(SampleHistory history) {
    return List.of(VerifierKey.parse(history.vkey()));
  }
}
