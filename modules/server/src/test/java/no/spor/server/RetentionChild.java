package no.spor.server;

import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/// Opens a data directory while nothing is over, records that somebody's account is closed, then
/// lets time pass and runs retention: to be killed meanwhile.
final class RetentionChild {
  private RetentionChild() {}

  /// @param arguments data directory, the time at first, the time then, who leaves
  public static void main(String[] arguments) {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse(arguments[1]));
    Node node = TestStore.open(new NodeOptions(Path.of(arguments[0]), null, 1_000), now::get);
    KilledRetentionTest.record(
        node,
        KilledRetentionTest.line(
            "closed", "account.closed", now.get(), arguments[3], "\"name\":\"M\""));
    now.set(Instant.parse(arguments[2]));
    System.out.println("> now");
    node.upkeep().retention().run(true);
    System.out.println("> done");
    node.close();
  }
}
