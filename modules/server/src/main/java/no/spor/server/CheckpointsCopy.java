package no.spor.server;

import java.util.ArrayList;
import java.util.List;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.identity.KeyStatement;

/// Copies what was published, and the statements of the ledger's keys. Goes on where it stopped.
final class CheckpointsCopy {
  private static final int ALL = 1_000_000;

  private CheckpointsCopy() {}

  /// @return how many checkpoints there are
  static int copy(CheckpointStore from, CheckpointStore to) {
    List<String> statements = from.keyStatements();
    List<String> there = to.keyStatements();
    if (there.size() > statements.size() || !statements.subList(0, there.size()).equals(there)) {
      throw others();
    }
    for (int i = there.size(); i < statements.size(); i++) {
      if (!to.addKeyStatement(i, statements.get(i))) {
        throw others();
      }
    }
    List<String> origins =
        KeyStatement.chain(statements).stream()
            .map(statement -> statement.key().name())
            .distinct()
            .toList();
    List<Published> all = new ArrayList<>();
    origins.forEach(origin -> all.addAll(from.history(origin, 0, ALL)));
    Published newest = to.newest().orElse(null);
    Checkpoint before = newest == null ? null : newest.checkpoint();
    for (Published next : all.subList(newest == null ? 0 : after(newest, all), all.size())) {
      if (!to.publish(before, next)) {
        throw others();
      }
      before = next.checkpoint();
    }
    origins.forEach(origin -> from.cosigned(origin).ifPresent(to::keepCosigned));
    return all.size();
  }

  /// @return the index of the first that the target does not have
  private static int after(Published newest, List<Published> all) {
    int last = -1;
    for (int i = 0; i < all.size(); i++) {
      Checkpoint one = all.get(i).checkpoint();
      boolean covered =
          one.origin().equals(newest.checkpoint().origin())
              && (one.size() < newest.checkpoint().size()
                  || all.get(i).note().equals(newest.note()));
      last = covered ? i : last;
    }
    boolean isOurs = last >= 0 && all.get(last).note().equals(newest.note());
    if (!isOurs && last == all.size() - 1) {
      throw others(); // further than the source
    }
    return last + 1;
  }

  private static IllegalDataDirectoryException others() {
    return new IllegalDataDirectoryException(
        "the target holds checkpoints of another ledger, or was used since it was copied: choose one"
            + " that is empty");
  }
}
