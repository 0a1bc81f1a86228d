package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A short soak. What is found in ten minutes is in the README.
class SoakCommandTest {
  @Test
  void aServerThatIsWorkedLosesAndDoublesNothing() {
    Said said = Said.by("soak", "--seconds", "2", "--rate", "1000");

    assertThat(said.out())
        .contains("2,000 events acknowledged")
        .contains("held:     read back 2,000: lost 0, doubled 0")
        .contains("held:     heap")
        .contains("held:     oldest checkpoint");
  }

  @Test
  void aHeapThatGrowsIsNoticedAndOneThatOnlySawsIsNot() {
    SoakWatch saws = new SoakWatch();
    SoakWatch grows = new SoakWatch();
    SoakWatch leaks = new SoakWatch();
    for (int i : IntStream.range(0, 300).toArray()) {
      saws.look(heap(100 + i * 37 % 150));
      grows.look(heap(100 + i * 37 % 150 + i));
      // Garbage hides it; a collection shows it.
      leaks.look(heap(i % 30 == 29 ? 50 + i / 2 : 400));
      if (i % 30 == 29) {
        leaks.collected();
      }
    }
    assertThat(saws.flat()).isTrue();
    assertThat(grows.flat()).isFalse();
    assertThat(leaks.flat()).isFalse();
    grows.look("spor_ledger_checkpoint_age_seconds +Inf\n");
    assertThat(grows.oldestCheckpoint()).isInfinite();
  }

  private static String heap(int mebibytes) {
    return """
    jvm_memory_used_bytes{area="heap",id="G1 Old Gen"} %d
    jvm_memory_used_bytes{area="nonheap",id="Metaspace"} 9.9E9
    spor_ledger_checkpoint_age_seconds 0.5
    """
        .formatted(mebibytes * 1024L * 1024);
  }
}
