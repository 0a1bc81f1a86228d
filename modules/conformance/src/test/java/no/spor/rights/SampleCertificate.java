package no.spor.rights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.Role;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.SignedNote;
import no.spor.rights.ErasureCertificate.Standing;
import org.jspecify.annotations.Nullable;

/// A certificate made from fixed keys, with one thing in it that can be wrong: of a ledger of 13
/// records of which the seventh and eighth erase and the eleventh completes.
final class SampleCertificate {
  static final String ORIGIN = "log.example/spor";
  static final NoteKey KEY = key(ORIGIN, 1);
  static final NoteKey OTHER_KEY = key(ORIGIN, 2);
  private static final NoteKey WITNESS = key("witness.example/w", 3);
  private static final String TENANT = "bygg-as";
  private static final String ERASURE = "0b5e2f6e-6d0a-4c3b-9a52-3a5f0e6c1d11";
  private static final Instant ERASED = Instant.parse("2026-11-22T12:00:00.123Z");
  private static final int ENTRIES = 13;
  private static final int FRAME = 95 + 16;

  int first = 6;
  int completed = 10;
  int size = ENTRIES;
  int earlierSize = 5;
  String origin = ORIGIN;
  String earlierOrigin = ORIGIN;
  String stream = "spor";
  String type = RightsEvent.PERSON_ERASED;
  String completedType = "spor.erasure-completed";
  String tenant = TENANT;
  String erasure = ERASURE;
  Instant erasedAt = ERASED;
  String records = "2";
  boolean forked;
  boolean witnessed;
  boolean withoutEarlier;
  boolean withoutLast;
  NoteKey signs = KEY;
  List<NoteKey> keys = List.of(KEY);
  @Nullable String statement;

  private static NoteKey key(String name, int seed) {
    return NoteKey.generate(
        name,
        KeyType.ED25519,
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            java.util.Arrays.fill(bytes, (byte) seed);
          }
        });
  }

  private String facts() {
    return String.join(
            "\n",
            ErasureCertificate.FIRST,
            "ledger 11111111-2222-4333-8444-555555555555",
            "tenant " + TENANT,
            "erasure " + ERASURE,
            "basis Art. 17(1)(b)",
            "received 2026-11-20T09:30:00Z",
            "due 2026-12-20T09:30:00Z",
            "approved-as officer",
            "erased " + ERASED,
            "position " + first,
            "records " + records,
            "events 41",
            "parts 42",
            "views 41",
            "copies personal-data.viewed 3",
            "horizon 2026-11-29T00:00:00Z")
        + "\n";
  }

  String text() {
    List<byte[]> entries = new ArrayList<>();
    List<byte[]> headers = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      byte[] header = header(i);
      headers.add(header);
      entries.add(leaf(header));
    }
    List<byte[]> earlier = new ArrayList<>(entries.subList(0, earlierSize));
    if (forked) {
      earlier.set(0, leaf(header(99)));
    }
    List<Standing> standing = new ArrayList<>();
    List<Integer> positions = new ArrayList<>(List.of(first, first + 1, completed));
    if (withoutLast) {
      positions.removeLast();
    }
    for (int position : positions) {
      standing.add(
          new Standing(position, headers.get(position), path(position, entries.subList(0, size))));
    }
    List<NoteKey> cosigning = witnessed ? List.of(signs, WITNESS) : List.of(signs);
    return new ErasureCertificate(
            statement == null ? facts() : statement,
            keys.stream().map(key -> key.verifier().vkey()).toList(),
            withoutEarlier ? null : note(earlierOrigin, earlier, List.of(signs)),
            note(origin, entries.subList(0, size), cosigning),
            consistency(earlierSize, entries.subList(0, size)),
            standing)
        .text();
  }

  private static String note(String origin, List<byte[]> entries, List<NoteKey> keys) {
    return SignedNote.of(
            new Checkpoint(origin, entries.size(), root(entries)).text(),
            keys.stream().map(key -> key.signer(() -> ERASED)).toList())
        .format();
  }

  private byte[] header(int position) {
    byte[] frame = new byte[FRAME];
    new Random(position).nextBytes(frame);
    SortedSet<EventTag> tags = new TreeSet<>();
    String of = "spor.tenant-created";
    Instant at = ERASED.plusSeconds(position);
    if (position == first || position == first + 1) {
      of = type;
      at = erasedAt;
      tags.add(new EventTag(RightsEvent.PERSON, "0b5e2f6e-6d0a-4c3b-9a52-3a5f0e6c1d0" + position));
    }
    if (position == completed) {
      of = completedType;
      tags.add(new EventTag(RightsEvent.STATEMENT, ErasureStatement.hash(facts())));
    }
    if (position == first || position == first + 1 || position == completed) {
      tags.add(new EventTag(RightsEvent.TENANT, tenant));
      tags.add(new EventTag(RightsEvent.ERASURE, erasure));
    }
    byte[] body =
        HeaderBodyCodec.encode(
            new HeaderBody(
                "event-" + position,
                "/spor",
                of,
                at,
                "spor",
                "",
                0,
                0,
                List.of(Role.PAYLOAD),
                Map.of(),
                List.copyOf(tags)));
    byte[] label = stream.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(FRAME + 1 + label.length + body.length)
        .put(frame)
        .put((byte) label.length)
        .put(label)
        .put(body)
        .array();
  }

  // RFC 6962, section 2.1, as it stands there

  private static byte[] leaf(byte[] header) {
    return hash(new byte[] {0, 1}, hash(header));
  }

  private static byte[] root(List<byte[]> entries) {
    if (entries.size() == 1) {
      return entries.getFirst();
    }
    int k = split(entries.size());
    return hash(
        new byte[] {1}, root(entries.subList(0, k)), root(entries.subList(k, entries.size())));
  }

  private static List<byte[]> path(int position, List<byte[]> entries) {
    if (entries.size() == 1) {
      return List.of();
    }
    int k = split(entries.size());
    List<byte[]> left = entries.subList(0, k);
    List<byte[]> right = entries.subList(k, entries.size());
    List<byte[]> path =
        new ArrayList<>(position < k ? path(position, left) : path(position - k, right));
    path.add(root(position < k ? right : left));
    return path;
  }

  private static List<byte[]> consistency(int size, List<byte[]> entries) {
    return subproof(size, entries, true);
  }

  private static List<byte[]> subproof(int size, List<byte[]> entries, boolean whole) {
    if (size == entries.size()) {
      return whole ? List.of() : List.of(root(entries));
    }
    int k = split(entries.size());
    List<byte[]> left = entries.subList(0, k);
    List<byte[]> right = entries.subList(k, entries.size());
    List<byte[]> proof =
        new ArrayList<>(size <= k ? subproof(size, left, whole) : subproof(size - k, right, false));
    proof.add(root(size <= k ? right : left));
    return proof;
  }

  private static int split(int size) {
    return Integer.highestOneBit(size - 1);
  }

  private static byte[] hash(byte[]... pieces) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] piece : pieces) {
        digest.update(piece);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
