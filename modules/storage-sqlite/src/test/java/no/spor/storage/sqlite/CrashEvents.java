package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;

/// Events that are known by a number alone: everything in them follows from it, so that half an
/// event, or another's half, shows.
final class CrashEvents {
  static final int STREAMS = 5;

  private CrashEvents() {}

  /// How many keys gather in memory: few, so that runs are written and merged all the time.
  private static final int KEYS_IN_MEMORY = 1_000;

  /// @param keys where the keys lie between two openings
  static Ledger open(LedgerStore store, Path keys) {
    return Ledger.open(
        store,
        (stream, body) -> key(number(body)),
        RecordedKeys.open(keys, new SecureRandom(), KEYS_IN_MEMORY),
        LedgerOptions.of(InstantSource.system(), new SecureRandom()));
  }

  static Draft draft(long number) {
    var parts =
        List.of(
            new DraftPart("day/" + number % 7, bytes(number, 1)),
            new DraftPart("company", bytes(number, 2)));
    return new Draft(stream(number), body(number), parts, key(number), List.of(), false, null);
  }

  static String stream(long number) {
    return "stream-" + number % STREAMS;
  }

  static long number(byte[] body) {
    return ByteBuffer.wrap(body).getLong();
  }

  /// @return whether every byte of the record is that of its event
  static boolean isWhole(LedgerRecord record) {
    long number = number(record.body());
    return record.stream().equals(stream(number))
        && ByteBuffer.wrap(record.body()).equals(ByteBuffer.wrap(body(number)))
        && record.parts().size() == 2
        && isPart(record.parts().get(0), number, 1)
        && isPart(record.parts().get(1), number, 2);
  }

  private static boolean isPart(RecordPart part, long number, int index) {
    return part instanceof RecordPart.Kept(byte[] bytes)
        && ByteBuffer.wrap(bytes).equals(ByteBuffer.wrap(bytes(number, index)));
  }

  private static byte[] body(long number) {
    var more = bytes(number, 0);
    return ByteBuffer.allocate(8 + more.length).putLong(number).put(more).array();
  }

  private static byte[] bytes(long number, int index) {
    var random = new SplittableRandom(number * 3 + index);
    var bytes = new byte[random.nextInt(20, 400)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static RecordKey key(long number) {
    return new RecordKey(0x5eed, number);
  }
}
