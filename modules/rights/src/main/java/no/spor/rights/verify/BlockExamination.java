package no.spor.rights.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.Tag;
import no.spor.ledger.verify.BlockView;
import no.spor.ledger.verify.Finding;
import no.spor.ledger.verify.FindingKind;
import no.spor.rights.verify.Observed.Labelled;
import org.jspecify.annotations.Nullable;

/// Looks at one block: bodies, roles, labels, flag and tags, each against what it follows from.
final class BlockExamination {
  private static final String ADMINISTRATION = "spor";
  private static final byte[] TAG = "spor/tag/v1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int STREAM_AT = 17;
  private static final int DATE_LENGTH = 10;
  private static final int FENCE = 16;
  private static final int NO_DAY = Integer.MIN_VALUE;

  private final BlockView block;
  private final List<Finding> findings;
  private final boolean payloads;
  private final BodyScan scan = new BodyScan();
  private final List<Observed> observed = new ArrayList<>();
  private final Label[] labels;
  private final Set<String> told = new HashSet<>();
  private final Set<Tag> tags = new HashSet<>();
  private @Nullable Labelled last;
  private boolean control;
  private boolean unknownType;
  private boolean whole = true;

  /// A group's drop label, taken apart.
  private record Label(byte[] retention, String text, int day) {
    boolean dated() {
      return day != NO_DAY;
    }
  }

  /// @param payloads whether control records are to be taken along whole
  BlockExamination(BlockView block, List<Finding> findings, boolean payloads) {
    this.block = block;
    this.findings = findings;
    this.payloads = payloads;
    this.labels = new Label[block.groups()];
    for (int g = 0; g < labels.length; g++) {
      labels[g] = label(block.label(g));
    }
  }

  private static Label label(String text) {
    int slash = text.length() - DATE_LENGTH - 1;
    if (slash > 0 && text.charAt(slash) == '/') {
      try {
        int day = Math.toIntExact(LocalDate.parse(text.substring(slash + 1)).toEpochDay());
        var retention = text.substring(0, slash);
        return new Label(retention.getBytes(StandardCharsets.UTF_8), retention, day);
      } catch (DateTimeException e) {
        // No class has such a name: it will fit no record.
      }
    }
    return new Label(text.getBytes(StandardCharsets.UTF_8), text, NO_DAY);
  }

  /// @return what is to be taken in order
  List<Observed> examine() {
    for (int i = 0; i < block.count(); i++) {
      if (block.present(i)) {
        record(i);
      } else {
        whole = false;
      }
    }
    if (control != block.control() && !(unknownType && block.control())) {
      found(
          FindingKind.CONTROL_FLAG,
          control ? "it holds control records, its flag says none" : "it holds no control records");
    }
    // Who drops a header drops its tags, and those of others never: none of stream spor are
    // dropped.
    if (!tags.equals(block.tags())) {
      found(FindingKind.TAGS, "its tags are not those of its records");
    }
    return observed;
  }

  private void found(FindingKind kind, String detail) {
    if (whole || kind != FindingKind.CONTROL_FLAG) {
      findings.add(Finding.ofBlock(kind, block.number(), detail));
    }
  }

  private void found(FindingKind kind, int i, int part, String detail) {
    findings.add(new Finding(kind, block.number(), block.position(i), part, detail));
  }

  private void record(int i) {
    var stored = block.stored(i);
    if (!scan.read(stored, block.bodyOffset(i))) {
      found(FindingKind.BODY, i, -1, "its header's body is not in form");
      whole = false;
      return;
    }
    boolean ownTenant =
        Arrays.equals(
            stored, scan.tenantFrom, scan.tenantTo, stored, STREAM_AT, block.bodyOffset(i));
    if (!ownTenant) {
      found(FindingKind.TENANT, i, -1, "it stands in another tenant's stream");
    }
    if (scan.roles != block.parts(i)) {
      found(FindingKind.ROLES, i, -1, "its parts are not as many as its body names roles");
      return;
    }
    if (block.stream(i).equals(ADMINISTRATION)) {
      administration(i);
    }
    for (int j = 0; j < scan.roles; j++) {
      part(i, j);
    }
  }

  private void part(int i, int j) {
    var label = labels[block.group(i, j)];
    boolean fits =
        scan.is(scan.classFrom, scan.classTo, label.retention)
            && (!label.dated() || label.day == scan.day);
    if (!fits) {
      found(FindingKind.LABEL, i, j, "it lies under another drop label than its body demands");
    } else {
      labelled(i, label);
    }
    int state = block.state(i, j);
    if (state == BlockView.KEPT) {
      if (!sealedFor(i, j, scan.role(j))) {
        found(FindingKind.ROLES, i, j, "it is sealed for another role than its body names");
      }
      return;
    }
    observed.add(
        new Observed.Missing(
            block.stream(i),
            scan.retention(),
            scan.policyVersion,
            scan.day,
            scan.role(j),
            state == BlockView.NONE,
            label.dated(),
            block.recordedAtMillis(i),
            block.number(),
            block.position(i),
            j));
  }

  /// `vault/FORMAT.md`, "Part": version, kind of content key, role.
  private boolean sealedFor(int i, int j, int role) {
    int kind = block.partByte(i, j, 1);
    boolean pair =
        switch (role) {
          case 0 -> kind == 3;
          case 16 -> kind == 4;
          case 17 -> kind == 5;
          default -> kind == 1 || kind == 2;
        };
    return block.partByte(i, j, 0) == 1 && block.partByte(i, j, 2) == role && pair;
  }

  private void labelled(int i, Label label) {
    var before = last;
    if (before != null
        && before.tenant().equals(block.stream(i))
        && before.version() == scan.policyVersion
        && before.dated() == label.dated()
        && before.retention().equals(label.text)) {
      return;
    }
    last =
        new Labelled(
            block.stream(i),
            label.text,
            scan.policyVersion,
            label.dated(),
            block.number(),
            block.position(i));
    if (told.add(key(last))) {
      observed.add(last);
    }
  }

  private static String key(Labelled labelled) {
    return labelled.tenant()
        + '\0'
        + labelled.retention()
        + '\0'
        + labelled.version()
        + labelled.dated();
  }

  private void administration(int i) {
    var type = scan.type();
    int mark = type.lastIndexOf('#');
    var name = mark < 0 ? type : type.substring(0, mark);
    control |= ControlTypes.known(name);
    unknownType |= !ControlTypes.known(name);
    scan.eachTag((key, value) -> tags.add(hash(key, value)));
    observed.add(
        new Observed.Control(
            name,
            scan.tagsByKey(),
            fence(),
            payloads && ControlTypes.changesPolicies(name) ? copy(i) : null,
            block.number(),
            block.position(i)));
  }

  private boolean fence() {
    for (int j = 0; j < scan.roles; j++) {
      if (scan.role(j) == FENCE) {
        return true;
      }
    }
    return false;
  }

  private LedgerRecord copy(int i) {
    var parts = new ArrayList<RecordPart>();
    for (int j = 0; j < block.parts(i); j++) {
      parts.add(
          block.state(i, j) == BlockView.KEPT
              ? new RecordPart.Kept(block.part(i, j))
              : new RecordPart.None());
    }
    var stored = block.stored(i);
    return new LedgerRecord(
        block.position(i),
        block.stream(i),
        block.sequence(i),
        block.recordedAtMillis(i),
        new byte[0],
        Arrays.copyOfRange(stored, block.bodyOffset(i), stored.length),
        List.copyOf(parts));
  }

  private static Tag hash(String... fields) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(TAG);
      for (var field : fields) {
        var bytes = field.getBytes(StandardCharsets.UTF_8);
        digest.update((byte) (bytes.length >> 8));
        digest.update((byte) bytes.length);
        digest.update(bytes);
      }
      var hash = ByteBuffer.wrap(digest.digest());
      return new Tag(hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
