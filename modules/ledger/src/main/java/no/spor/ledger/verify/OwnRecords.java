package no.spor.ledger.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import no.spor.ledger.verify.TreeSource.OwnHeader;

/// Holds a tenant's headers against the public entries, in order of position: each opens the entry
/// where it says it stands, and the sequence leaves nothing out. For one thread.
final class OwnRecords {
  private static final byte[] DOMAIN = BlockCheck.ascii("spor/header/v1\n");
  private static final int SEQUENCE_AT = 95;
  private static final int LABEL_AT = 112;

  private final TreeSource source;
  private final byte[] tenant;
  private final Findings findings;
  private final Sha256 sha256 = new Sha256();
  private final Deque<OwnHeader> ahead = new ArrayDeque<>();
  private long from;
  private long sequence;
  private long last = -1;

  OwnRecords(TreeSource source, String tenant, Findings findings) {
    this.source = source;
    this.tenant = tenant.getBytes(StandardCharsets.UTF_8);
    this.findings = findings;
  }

  String tenant() {
    return new String(tenant, StandardCharsets.UTF_8);
  }

  void save(DataOutput out) throws IOException {
    out.writeLong(sequence);
    out.writeLong(last);
  }

  /// @param position of the next entry
  void restore(DataInput in, long position) throws IOException {
    sequence = in.readLong();
    last = in.readLong();
    from = position;
  }

  /// @return how many there were
  long count() {
    return sequence;
  }

  /// The entry at this position is `01 || hash`.
  void entry(long position, byte[] hash, int at) {
    while (ahead.isEmpty() && from <= position) {
      var page = source.headers(from);
      ahead.addAll(page.headers());
      from = page.next() > from ? page.next() : Long.MAX_VALUE;
    }
    while (!ahead.isEmpty() && ahead.getFirst().position() <= position) {
      var own = ahead.removeFirst();
      if (own.position() < position || own.position() <= last) {
        findings.add(
            Finding.ofPosition(FindingKind.OPENING, own.position(), "it is not in its place"));
      } else {
        last = position;
        header(own, hash, at);
      }
    }
  }

  private void header(OwnHeader own, byte[] hash, int at) {
    var header = own.header();
    int end = header.length > LABEL_AT ? LABEL_AT + (header[LABEL_AT - 1] & 0xff) : 0;
    if (end == 0
        || end > header.length
        || !Arrays.equals(header, 0, DOMAIN.length, DOMAIN, 0, DOMAIN.length)) {
      findings.add(
          Finding.ofPosition(FindingKind.HEADER, own.position(), "its header is not in form"));
      return;
    }
    var opened = sha256.with(header).hash();
    if (!Arrays.equals(opened, 0, Sha256.BYTES, hash, at, at + Sha256.BYTES)) {
      findings.add(
          Finding.ofPosition(
              FindingKind.OPENING, own.position(), "its header does not open the public entry"));
    }
    if (!Arrays.equals(header, LABEL_AT, end, tenant, 0, tenant.length)) {
      findings.add(
          Finding.ofPosition(FindingKind.TENANT, own.position(), "it is of another tenant"));
      return;
    }
    long found = BlockCheck.i64(header, SEQUENCE_AT);
    if (found != sequence) {
      findings.add(
          Finding.ofPosition(
              found > sequence ? FindingKind.SEQUENCE_GAP : FindingKind.SEQUENCE_TWICE,
              own.position(),
              found > sequence
                  ? "events %d to %d of the tenant are withheld".formatted(sequence, found - 1)
                  : "event %d of the tenant stands twice".formatted(found)));
    }
    sequence = Math.max(sequence, found + 1);
  }
}
