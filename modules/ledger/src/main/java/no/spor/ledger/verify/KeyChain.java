package no.spor.ledger.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The keys of a ledger, one statement each (`FORMAT.md`, "Keys of a ledger"): which may sign what.
/// Immutable.
public final class KeyChain {
  private static final String START = "spor/ledger-key/v1";

  private final List<Link> links;
  private final List<String> flaws;

  /// @param until size of the largest checkpoint that the key alone may sign
  private record Link(VerifierKey key, long until) {
    boolean maySign(String origin, long size) {
      return key.name().equals(origin) && size <= until;
    }
  }

  private KeyChain(List<Link> links, List<String> flaws) {
    this.links = links;
    this.flaws = flaws;
  }

  /// A chain of keys that are believed as they are, without statements: each may sign anything.
  public static KeyChain of(List<VerifierKey> keys) {
    return new KeyChain(
        keys.stream().map(key -> new Link(key, Long.MAX_VALUE)).toList(), List.of());
  }

  /// Reads statements as they are kept. Without a held key the first of the present origin is
  /// believed, as nothing vouches for it.
  ///
  /// @param held a key that came by a way that is trusted; null for none
  public static KeyChain of(List<String> statements, @Nullable VerifierKey held) {
    var links = new ArrayList<Link>();
    var flaws = new ArrayList<String>();
    boolean trusted = held == null;
    String before = null;
    for (int i = 0; i < statements.size(); i++) {
      try {
        var statement = Statement.parse(statements.get(i));
        boolean follows = Objects.equals(before, statement.after());
        before = statement.key().toString();
        trusted |= before.equals(String.valueOf(held));
        if (!follows) {
          flaws.add("statement " + i + " does not continue the one before it");
          break;
        }
        if (trusted) {
          add(links, statement);
        }
      } catch (IllegalArgumentException e) {
        flaws.add("statement " + i + ": " + e.getMessage());
        break;
      }
    }
    if (!trusted) {
      flaws.add("the key that is held is none of this ledger's");
    }
    return new KeyChain(List.copyOf(links), List.copyOf(flaws));
  }

  private static void add(List<Link> links, Statement statement) {
    if (!links.isEmpty()) {
      var before = links.getLast();
      if (before.key().name().equals(statement.key().name())) {
        links.set(links.size() - 1, new Link(before.key(), statement.size()));
      } // else it goes on under a new origin: the former key signs no more than it has
    }
    links.add(new Link(statement.key(), Long.MAX_VALUE));
  }

  /// @return what is wrong with the statements
  public List<String> flaws() {
    return flaws;
  }

  public boolean isEmpty() {
    return links.isEmpty();
  }

  /// @return the present origin, which the key is named as
  public String origin() {
    return links.getLast().key().name();
  }

  /// @return the present key
  public VerifierKey current() {
    return links.getLast().key();
  }

  /// @return the origins that the ledger had before it was continued under the present one
  public Set<String> formerOrigins() {
    var origins = new LinkedHashSet<String>();
    links.forEach(link -> origins.add(link.key().name()));
    origins.remove(origin());
    return origins;
  }

  /// @return the keys that may have signed a checkpoint of the present origin
  public List<VerifierKey> keysFor(byte[] note) {
    long size;
    try {
      size = CheckpointNote.parse(note).size();
    } catch (IllegalArgumentException e) {
      size = 0;
    }
    return links.isEmpty() ? List.of() : keys(origin(), size);
  }

  /// @return the keys that may have signed a checkpoint of a former origin; none where it is none
  public List<VerifierKey> formerKeysFor(byte[] note) {
    try {
      var checkpoint = CheckpointNote.parse(note);
      return links.isEmpty() || checkpoint.origin().equals(origin())
          ? List.of()
          : keys(checkpoint.origin(), checkpoint.size());
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private List<VerifierKey> keys(String origin, long size) {
    return links.stream().filter(link -> link.maySign(origin, size)).map(Link::key).toList();
  }

  private record Statement(VerifierKey key, @Nullable String after, long size) {
    static Statement parse(String text) {
      var note = SignedText.parse(text.getBytes(StandardCharsets.UTF_8));
      var lines = note.text().split("\n", -1);
      if (lines.length != 3 && lines.length != 6 || !lines[0].equals(START)) {
        throw new IllegalArgumentException("it is no statement of a ledger's key");
      }
      var key = VerifierKey.parse(value(lines[1], "key "));
      var flaw = note.signatureFlaw(List.of(key));
      if (flaw != null) {
        throw new IllegalArgumentException(flaw);
      }
      if (lines.length == 3) {
        return new Statement(key, null, 0);
      }
      var after = VerifierKey.parse(value(lines[2], "after "));
      var size = value(lines[3], "size ");
      if (!size.matches("0|[1-9][0-9]{0,17}")) {
        throw new IllegalArgumentException("its size is no number");
      }
      CheckpointNote.hash(value(lines[4], "root "));
      var unsigned = note.signatureFlaw(List.of(after));
      if (unsigned != null && after.name().equals(key.name())) {
        throw new IllegalArgumentException("the key before it did not hand over");
      }
      return new Statement(key, after.toString(), Long.parseLong(size));
    }

    private static String value(String line, String label) {
      if (!line.startsWith(label)) {
        throw new IllegalArgumentException("it has no line " + label.strip());
      }
      return line.substring(label.length());
    }
  }
}
