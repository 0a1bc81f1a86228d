package no.spor.ledger.verify;

import static no.spor.ledger.verify.Sha256.BYTES;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.verify.CheckedBlock.Run;
import org.jspecify.annotations.Nullable;

/// Checks blocks one by one, each by itself, from `FORMAT.md`: frame, parts digest, header, entry,
/// leaf, block hash. Keeps its buffers from one block to the next; for one thread.
final class BlockCheck {
  private static final byte[] HEADER = ascii("spor/header/v1\n");
  private static final byte[] HEAD = ascii("spor/head/v1\n");
  private static final byte[] BLOCK = ascii("spor/block/v1\n");
  private static final byte[] PARTS = ascii("spor/parts/v1\n");
  private static final byte[] PART = ascii("spor/part/v1\n");
  private static final VarHandle I64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int SALT_AT = 15;
  private static final int HEAD_AT = 31;
  private static final int PARTS_AT = 63;
  private static final int FRAME_BYTES = 95;
  private static final int LABEL_AT = 17;
  private static final int MAX_RECORDS = 256;
  private static final int MAX_HEADER_BYTES = 32 * 1024;
  private static final int ITEM_BYTES = 1 + BYTES;

  private final HistoryRules rules;
  private final Sha256 sha256 = new Sha256();
  private final Salts salts = new Salts();
  private final PartItems parts = new PartItems();

  /// A header as it is hashed: its frame, then what is stored of it.
  private byte[] frame = new byte[FRAME_BYTES + 1024];

  /// A part as it is hashed, where it is no longer than this.
  private final byte[] part = Arrays.copyOf(PART, PART.length + 1024);

  private final byte[] computed = new byte[BYTES];
  private final byte[] head = new byte[117];
  private byte[] digests = new byte[PARTS.length + 2 + 16 * ITEM_BYTES];
  private byte[] lastLabel = new byte[0];
  private String lastStream = "";

  BlockCheck(HistoryRules rules) {
    this.rules = rules;
    System.arraycopy(HEADER, 0, frame, 0, HEADER.length);
    System.arraycopy(PARTS, 0, digests, 0, PARTS.length);
  }

  CheckedBlock check(Block block) {
    var checked = new CheckedBlock(block);
    var says = block.head();
    int count = says.count();
    putHead(says);
    sha256.with(HEAD).with(head).to(frame, HEAD_AT);
    checked.hash = sha256.with(BLOCK).with(frame, HEAD_AT, BYTES).with(block.entries()).hash();
    boolean hashFits = Arrays.equals(checked.hash, says.hash());
    if (count < 1 || count > MAX_RECORDS || block.headers().size() != count) {
      checked.add(FindingKind.COUNT, "its count is not that of its headers");
    } else if (block.entries().length != count * BYTES) {
      checked.add(FindingKind.COUNT, "its count is not that of its entries");
    } else {
      leaves(checked, count);
      records(checked, count, hashFits);
      return checked;
    }
    if (!hashFits) {
      checked.add(FindingKind.BLOCK_HASH, "its hash is not that of its head and entries");
    }
    return checked;
  }

  private void putHead(BlockHead says) {
    var out = ByteBuffer.wrap(head);
    put(out, says.ledger());
    out.putLong(says.number()).putLong(says.firstPosition()).putInt(says.count());
    out.put(Arrays.copyOf(says.previousHash(), BYTES));
    put(out, says.commit());
    out.putLong(says.epoch());
    put(out, says.keys().keyStore());
    out.putLong(says.keys().generation());
    out.put((byte) (says.control() ? 1 : 0));
  }

  private static void put(ByteBuffer out, UUID id) {
    out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private void leaves(CheckedBlock checked, int count) {
    var entries = checked.block.entries();
    checked.leaves = new byte[count * BYTES];
    for (int i = 0; i < count; i++) {
      sha256.leaf(entries, i * BYTES, checked.leaves, i * BYTES);
    }
  }

  private void records(CheckedBlock checked, int count, boolean hashFits) {
    var block = checked.block;
    var flaw = parts.read(block.groups(), count);
    boolean groupsFit = flaw == null;
    if (flaw != null) {
      checked.add(FindingKind.PART_GROUP, flaw);
    }
    boolean saltsFit = salts.of(block.salts(), count);
    if (!saltsFit) {
      checked.add(FindingKind.SALTS, "its salts are not in form");
    }
    var streams = new String[count];
    var bodies = new int[count];
    var mismatched = new boolean[count];
    int present = 0;
    int mismatches = 0;
    for (int i = 0; i < count; i++) {
      var stored = block.headers().get(i);
      if (stored.length == 0) {
        dropped(checked, i, groupsFit, saltsFit);
        continue;
      }
      present++;
      if (header(checked, i, streams, bodies) && groupsFit && saltsFit) {
        mismatched[i] = !matches(block, i, stored);
        mismatches += mismatched[i] ? 1 : 0;
      }
    }
    if (mismatches > 0 || !hashFits) {
      name(checked, mismatched, mismatches, present, hashFits);
    }
    if (groupsFit) {
      checked.step = rules.examine(new BlockView(block, parts, streams, bodies), checked.findings);
    }
  }

  /// Names the byte class that was changed, as far as the hashes tell.
  private static void name(
      CheckedBlock checked, boolean[] mismatched, int mismatches, int present, boolean hashFits) {
    if (mismatches == 0) {
      checked.add(FindingKind.BLOCK_HASH, "its hash is not that of its head and entries");
    } else if (mismatches == present && !hashFits) {
      checked.add(
          FindingKind.HEAD, "what it says of itself was changed: no record of it fits any more");
    } else if (mismatches == present && present > 1) {
      checked.add(
          FindingKind.FRAME,
          "its secret or salts, or what it says of itself and its hash, were changed: no record of"
              + " it fits");
    } else {
      for (int i = 0; i < mismatched.length; i++) {
        if (mismatched[i] && hashFits) {
          checked.add(FindingKind.RECORD, i, "its header, a part or a part's digest was changed");
        } else if (mismatched[i]) {
          checked.add(FindingKind.ENTRY, i, "its entry was changed");
        }
      }
    }
  }

  private void dropped(CheckedBlock checked, int i, boolean groupsFit, boolean saltsFit) {
    checked.dropped++;
    if (groupsFit && parts.count(i) > 0) {
      checked.add(FindingKind.PART_GROUP, i, "its header was dropped, parts of it are there");
    }
    if (saltsFit && !salts.gone(i)) {
      checked.add(FindingKind.SALTS, i, "its header was dropped, its salt is there");
    }
  }

  /// @return whether the stored header is in form
  private boolean header(CheckedBlock checked, int i, String[] streams, int[] bodies) {
    var stored = checked.block.headers().get(i);
    int length = stored.length > LABEL_AT ? stored[LABEL_AT - 1] & 0xff : 0;
    long sequence = length == 0 ? -1 : i64(stored, 0);
    if (sequence < 0
        || length > stored.length - LABEL_AT
        || stored.length > MAX_HEADER_BYTES - FRAME_BYTES) {
      checked.illegible(i, "its header is not in form");
      return false;
    }
    var stream = stream(stored, length);
    if (stream == null) {
      checked.illegible(i, "its stream is not UTF-8");
      return false;
    }
    streams[i] = stream;
    bodies[i] = LABEL_AT + length;
    long recordedAt = i64(stored, 8);
    if (recordedAt < checked.latest) {
      checked.add(FindingKind.RECORDED_AT, i, "it was recorded before the one before it");
    }
    checked.earliest = Math.min(checked.earliest, recordedAt);
    checked.latest = Math.max(checked.latest, recordedAt);
    run(checked, i, stream, sequence);
    return true;
  }

  private static void run(CheckedBlock checked, int i, String stream, long sequence) {
    var runs = checked.runs;
    for (int r = runs.size() - 1; r >= 0; r--) {
      var run = runs.get(r);
      if (run.stream().equals(stream)) {
        if (run.takes(sequence)) {
          return;
        }
        break;
      }
    }
    long position = checked.block.head().firstPosition() + i;
    runs.add(new Run(stream, sequence, position, checked.dropped + checked.illegible));
  }

  private @Nullable String stream(byte[] stored, int length) {
    if (Arrays.equals(stored, LABEL_AT, LABEL_AT + length, lastLabel, 0, lastLabel.length)) {
      return lastStream;
    }
    try {
      lastStream =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(stored, LABEL_AT, length))
              .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
    lastLabel = Arrays.copyOfRange(stored, LABEL_AT, LABEL_AT + length);
    return lastStream;
  }

  private boolean matches(Block block, int i, byte[] stored) {
    salts.put(i, frame, SALT_AT);
    partsDigest(block, i);
    int length = FRAME_BYTES + stored.length;
    if (frame.length < length) {
      frame = Arrays.copyOf(frame, length);
    }
    System.arraycopy(stored, 0, frame, FRAME_BYTES, stored.length);
    sha256.with(frame, 0, length).to(computed, 0);
    return Arrays.equals(computed, 0, BYTES, block.entries(), i * BYTES, (i + 1) * BYTES);
  }

  private void partsDigest(Block block, int i) {
    int count = parts.count(i);
    int at = PARTS.length;
    if (digests.length < at + 2 + count * ITEM_BYTES) {
      digests = Arrays.copyOf(digests, at + 2 + count * ITEM_BYTES);
    }
    digests[at] = (byte) (count >> 8);
    digests[at + 1] = (byte) count;
    at += 2;
    for (int j = 0; j < count; j++) {
      int kind = parts.kind(i, j);
      digests[at++] = (byte) (kind == BlockView.NONE ? 0 : 1);
      if (kind == BlockView.NONE) {
        continue;
      }
      var group = block.groups().get(parts.group(i, j)).bytes();
      if (kind == BlockView.KEPT) {
        part(group, parts.offset(i, j), parts.length(i, j));
        sha256.to(digests, at);
      } else {
        System.arraycopy(group, parts.offset(i, j), digests, at, BYTES);
      }
      at += BYTES;
    }
    sha256.with(digests, 0, at).to(frame, PARTS_AT);
  }

  /// A short one is copied behind what is hashed before it: one call of the digest is dearer.
  private void part(byte[] group, int offset, int length) {
    if (length > part.length - PART.length) {
      sha256.with(PART).with(group, offset, length);
      return;
    }
    System.arraycopy(group, offset, part, PART.length, length);
    sha256.with(part, 0, PART.length + length);
  }

  static long i64(byte[] bytes, int at) {
    return (long) I64.get(bytes, at);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
