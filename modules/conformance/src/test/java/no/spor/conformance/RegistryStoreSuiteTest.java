package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import no.spor.tenancy.InMemoryRegistryStore;
import no.spor.tenancy.RegistryStore;
import org.junit.jupiter.api.Test;

/// The suite itself: it must see that a store does nothing, or does one thing wrong.
class RegistryStoreSuiteTest {
  @Test
  void aStoreThatDoesNothingFailsEveryTest() {
    SuiteRun.of(DoesNothing.class).assertThatEveryTestFailed();
  }

  @Test
  void aStoreThatForgetsWhenClosedIsSeen() {
    assertThat(SuiteRun.of(Forgets.class).failed())
        .contains("whatWasSavedIsThereAfterReopeningByteForByte()");
  }

  @Test
  void aStoreThatKeepsTheMarkWhenClearedIsSeen() {
    assertThat(SuiteRun.of(KeepsTheMark.class).failed()).contains("clearingLeavesNothing()");
  }

  static class DoesNothing extends RegistryStoreSuite {
    @Override
    protected RegistryStore open() {
      return new RegistryStore() {
        @Override
        public Optional<Mark> mark() {
          return Optional.empty();
        }

        @Override
        public List<Entry> entries() {
          return List.of();
        }

        @Override
        public void save(List<Entry> changed, Mark mark) {}

        @Override
        public void clear() {}

        @Override
        public void close() {}
      };
    }

    @Override
    protected RegistryStore reopen(RegistryStore store) {
      return store;
    }
  }

  static class Forgets extends RegistryStoreSuite {
    @Override
    protected RegistryStore open() {
      return new InMemoryRegistryStore();
    }

    @Override
    protected RegistryStore reopen(RegistryStore store) {
      return new InMemoryRegistryStore();
    }
  }

  static class KeepsTheMark extends RegistryStoreSuite {
    @Override
    protected RegistryStore open() {
      InMemoryRegistryStore kept = new InMemoryRegistryStore();
      return new RegistryStore() {
        @Override
        public Optional<Mark> mark() {
          return kept.mark();
        }

        @Override
        public List<Entry> entries() {
          return kept.entries();
        }

        @Override
        public void save(List<Entry> changed, Mark mark) {
          kept.save(changed, mark);
        }

        @Override
        public void clear() {
          Optional<Mark> mark = kept.mark();
          kept.clear();
          mark.ifPresent(stays -> kept.save(List.of(), stays));
        }

        @Override
        public void close() {}
      };
    }

    @Override
    protected RegistryStore reopen(RegistryStore store) {
      return store;
    }
  }
}
