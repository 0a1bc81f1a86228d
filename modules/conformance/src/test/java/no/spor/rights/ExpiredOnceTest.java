package no.spor.rights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.LedgerRecord;
import no.spor.rights.ExpireDecisions.Expire;
import no.spor.rights.ExpireDecisions.Mark;
import no.spor.vault.PeriodId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A period's end stands once in the ledger, whoever says it and however often.
class ExpiredOnceTest {
  private static final int DAYS = 12;

  @TempDir Path folder;

  @Test
  void twoNodesThatExpireTheSameDaysAtTheSameTimeRecordEachOnce() {
    var stores = RightsNode.Stores.inMemory(folder);
    try (RightsNode a = new RightsNode(stores);
        RightsNode b = new RightsNode(stores)) {
      List<CompletableFuture<?>> said = new ArrayList<>();
      for (int day = 0; day < DAYS; day++) {
        Expire expire =
            new Expire(new Mark(new PeriodId.Series(RightsNode.TENANT, "session", 1), day));
        for (RightsNode node : List.of(a, b, a)) {
          said.add(node.axon.commands().sendAsync(expire, Boolean.class));
        }
      }
      said.forEach(CompletableFuture::join);
      assertThat(a.follower.awaitWritten(RightsNode.PATIENCE)).isTrue();
      List<String> before = new ArrayList<>();
      for (LedgerRecord record : a.ledger.readFrom(0, 1_000)) {
        HeaderBody header = HeaderBodyCodec.decode(record.body());
        if (header.type().equals(RightsEvent.PERIOD_EXPIRED)) {
          header.tags().stream()
              .filter(tag -> tag.key().equals("before"))
              .forEach(tag -> before.add(tag.value()));
        }
      }
      assertThat(before)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, DAYS)
                  .mapToObj(day -> LocalDate.ofEpochDay(day).toString())
                  .toList());
    }
  }
}
