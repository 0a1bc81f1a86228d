package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.tree.TileStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The suites themselves: they must see that a store does nothing, or does one thing wrong.
class TreeSuitesTest {
  @Test
  void storesThatDoNothingFailEveryTest() {
    SuiteRun.of(PublishesNothing.class).assertThatEveryTestFailed();
    SuiteRun.of(KeepsNothing.class).assertThatEveryTestFailed();
  }

  @Test
  void aStoreThatDoesNotCompareIsSeen() {
    assertThat(SuiteRun.of(DoesNotCompare.class).failed())
        .contains("onlyWhoKnowsTheNewestPublishes()", "ofManyWhoPublishAtOnceOneIsFirst()");
  }

  static class PublishesNothing extends CheckpointStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryCheckpointStoreTest.fixture(
          new CheckpointStore() {
            @Override
            public Optional<Published> newest() {
              return Optional.empty();
            }

            @Override
            public boolean publish(@Nullable Checkpoint previous, Published next) {
              return true;
            }

            @Override
            public List<Published> history(String origin, long fromSize, int max) {
              return List.of();
            }

            @Override
            public Optional<Published> atMost(String origin, long size) {
              return Optional.empty();
            }

            @Override
            public Optional<Published> cosigned(String origin) {
              return Optional.empty();
            }

            @Override
            public void keepCosigned(Published cosigned) {}

            @Override
            public List<String> keyStatements() {
              return List.of();
            }

            @Override
            public boolean addKeyStatement(int index, String note) {
              return true;
            }

            @Override
            public void close() {}
          });
    }
  }

  static class KeepsNothing extends TreeStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryTreeStoreTest.fixture(
          new StoreThatDoesNothing(),
          new TileStore() {
            @Override
            public Optional<byte[]> tile(int level, long index) {
              return Optional.empty();
            }

            @Override
            public void put(List<Tile> tiles) {}

            @Override
            public void removeFrom(long position) {}
          });
    }
  }

  static class DoesNotCompare extends CheckpointStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryCheckpointStoreTest.fixture(
          new InMemoryCheckpointStore() {
            @Override
            public boolean publish(@Nullable Checkpoint previous, Published next) {
              return super.publish(newest().map(Published::checkpoint).orElse(null), next);
            }
          });
    }
  }
}
