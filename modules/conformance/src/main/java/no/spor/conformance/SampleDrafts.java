package no.spor.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.RecordIdentity;
import no.spor.ledger.RecordKey;
import no.spor.ledger.Tag;

/// Drafts for the suites. A body begins with its record's key, 16 bytes; zero bytes mean no key.
public final class SampleDrafts {
  /// Finds the key in the body.
  public static final RecordIdentity IDENTITY =
      (stream, body) -> {
        var bytes = ByteBuffer.wrap(body);
        var key = new RecordKey(bytes.getLong(), bytes.getLong());
        return key.equals(new RecordKey(0, 0)) ? null : key;
      };

  private SampleDrafts() {}

  /// @return a draft with this key, one part and no tags
  public static Draft keyed(String stream, RecordKey key) {
    return draft(stream, key, List.of(new DraftPart("day/1", new byte[] {1, 2, 3})));
  }

  /// @return a draft that may stand several times
  public static Draft free(String stream, String text) {
    var body = join(new byte[16], text.getBytes(StandardCharsets.UTF_8));
    return new Draft(stream, body, List.of(), null, List.of(), false, null);
  }

  public static Draft draft(String stream, RecordKey key, List<DraftPart> parts) {
    var body = ByteBuffer.allocate(20).putLong(key.high()).putLong(key.low()).putInt(7).array();
    return new Draft(stream, body, parts, key, List.of(), false, null);
  }

  /// @return the draft as a control record with tags
  public static Draft control(Draft draft, Tag... tags) {
    return new Draft(
        draft.stream(), draft.body(), draft.parts(), draft.key(), List.of(tags), true, null);
  }

  /// @return parts of all sorts
  public static List<DraftPart> parts(Random random) {
    var parts = new DraftPart[random.nextInt(4)];
    for (int i = 0; i < parts.length; i++) {
      var bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      parts[i] = new DraftPart("day/" + random.nextInt(3), random.nextInt(5) == 0 ? null : bytes);
    }
    return Arrays.asList(parts);
  }

  private static byte[] join(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }
}
