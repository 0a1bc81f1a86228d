package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import org.junit.jupiter.api.Test;

/// The suite itself: it must see that a store does nothing, or does one thing wrong.
class ProcessorProgressSuiteTest {
  @Test
  void aStoreThatDoesNothingFailsEveryTest() {
    SuiteRun.of(DoesNothing.class).assertThatEveryTestFailed();
  }

  @Test
  void aStoreThatLetsSleepersStoreIsSeen() {
    assertThat(SuiteRun.of(LetsSleepersStore.class).failed())
        .contains(
            "aClaimedSegmentIsRefusedToOthersUntilTheClaimLapses()",
            "storingNeedsAClaimSoThatASleeperCannotUndoWhatOthersDid()");
  }

  @Test
  void aStoreWhoseTransactionsAreNoneThoughItDeclaresThemIsSeen() {
    assertThat(SuiteRun.of(CannotUndo.class).failed())
        .contains("aRolledBackTransactionLeavesNothing()");
  }

  static class DoesNothing extends ProcessorProgressSuite {
    @Override
    protected Fixture open() {
      return fixture(new NoProgress(), ViewTransactions.none());
    }
  }

  static class LetsSleepersStore extends ProcessorProgressSuite {
    @Override
    protected Fixture open() {
      InMemoryProcessorProgress real = new InMemoryProcessorProgress();
      return fixture(
          new Delegating(real) {
            @Override
            public boolean store(String processor, int segment, Claim claim, long position) {
              Claim always = new Claim(claim.owner(), Long.MAX_VALUE, claim.untilMillis());
              return real.claim(processor, segment, always).isPresent()
                  && real.store(processor, segment, claim, position);
            }
          },
          real);
    }
  }

  static class CannotUndo extends ProcessorProgressSuite {
    @Override
    protected Fixture open() {
      return fixture(
          new InMemoryProcessorProgress(),
          () ->
              new ViewTransactions.Transaction() {
                @Override
                public void commit() {}

                @Override
                public void rollback() {}
              });
    }
  }

  private static ProcessorProgressSuite.Fixture fixture(
      ProcessorProgress progress, ViewTransactions transactions) {
    return new ProcessorProgressSuite.Fixture() {
      @Override
      public ProcessorProgress progress() {
        return progress;
      }

      @Override
      public ViewTransactions transactions() {
        return transactions;
      }

      @Override
      public ProcessorProgress reopened() {
        return progress;
      }

      @Override
      public void close() {}
    };
  }

  private static class NoProgress implements ProcessorProgress {
    @Override
    public List<Segment> segments(String processor) {
      return List.of();
    }

    @Override
    public boolean create(String processor, int segment, int mask, long position) {
      return false;
    }

    @Override
    public OptionalLong claim(String processor, int segment, Claim claim) {
      return OptionalLong.empty();
    }

    @Override
    public boolean store(String processor, int segment, Claim claim, long position) {
      return false;
    }

    @Override
    public boolean extend(String processor, int segment, Claim claim) {
      return false;
    }

    @Override
    public void release(String processor, int segment, String owner) {}

    @Override
    public boolean delete(String processor, int segment, Claim claim) {
      return false;
    }

    @Override
    public String id() {
      return "";
    }
  }

  private static class Delegating implements ProcessorProgress {
    private final ProcessorProgress real;

    Delegating(ProcessorProgress real) {
      this.real = real;
    }

    @Override
    public List<Segment> segments(String processor) {
      return real.segments(processor);
    }

    @Override
    public boolean create(String processor, int segment, int mask, long position) {
      return real.create(processor, segment, mask, position);
    }

    @Override
    public OptionalLong claim(String processor, int segment, Claim claim) {
      return real.claim(processor, segment, claim);
    }

    @Override
    public boolean store(String processor, int segment, Claim claim, long position) {
      return real.store(processor, segment, claim, position);
    }

    @Override
    public boolean extend(String processor, int segment, Claim claim) {
      return real.extend(processor, segment, claim);
    }

    @Override
    public void release(String processor, int segment, String owner) {
      real.release(processor, segment, owner);
    }

    @Override
    public boolean delete(String processor, int segment, Claim claim) {
      return real.delete(processor, segment, claim);
    }

    @Override
    public String id() {
      return real.id();
    }
  }
}
