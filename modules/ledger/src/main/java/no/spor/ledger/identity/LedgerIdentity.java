package no.spor.ledger.identity;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointSigner;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.note.NoteSigner;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import org.jspecify.annotations.Nullable;

/// A ledger's origin and keys: made at the first start, kept as [KeyStatement]s in the store of
/// checkpoints, which is never restored with the ledger. Signs its checkpoints. Thread-safe.
///
/// Trust: who can write to the store of checkpoints can name another key, and everybody who holds
/// the former one sees that it did not hand over.
public final class LedgerIdentity implements CheckpointSigner {
  private static final Pattern ORIGIN = Pattern.compile("[\\x21-\\x7e&&[^+]]{1,200}");

  private final CheckpointStore store;
  private final LedgerKeys keys;
  private volatile Signing signing;

  /// @param former signs beside the current key up to where it handed over; null where there is
  ///   none of the same origin
  private record Signing(
      List<KeyStatement> chain, NoteSigner current, @Nullable NoteSigner former) {
    KeyStatement statement() {
      return chain.getLast();
    }
  }

  private LedgerIdentity(CheckpointStore store, LedgerKeys keys) {
    this.store = store;
    this.keys = keys;
    this.signing = load(store.keyStatements());
  }

  /// Opens a ledger's identity, makes it at the first start: durable when this returns.
  ///
  /// @param origin what the ledger shall be known as, for good; null for what it is known as
  ///   already, or at the first start `spor.invalid/ledger/` and the id's 32 digits
  /// @param empty whether the ledger holds nothing yet: only then is an identity made
  /// @throws IdentityException where the origin is another, or what belongs to the ledger is
  ///   missing
  public static LedgerIdentity open(
      CheckpointStore store,
      LedgerKeys keys,
      UUID ledger,
      boolean empty,
      @Nullable String origin,
      InstantSource clock) {
    if (store.keyStatements().isEmpty()) {
      if (!empty || store.newest().isPresent()) {
        throw new IdentityException(
            "the ledger holds records, and the store of checkpoints does not know its key: put back"
                + " checkpoints.db. If it is lost, let the ledger go on under a new origin: ops/spor"
                + " ledger continue");
      }
      String wanted =
          origin != null ? origin : "spor.invalid/ledger/" + ledger.toString().replace("-", "");
      makeFirst(store, keys, wanted);
    }
    LedgerIdentity identity = new LedgerIdentity(store, keys);
    if (!empty && store.newest().isEmpty()) {
      throw new IdentityException(
          "the ledger holds records, and the store of checkpoints knows its key but no checkpoint:"
              + " put back checkpoints.db. If it is lost, let the ledger go on under a new origin:"
              + " ops/spor ledger continue");
    }
    if (origin != null && !origin.equals(identity.origin())) {
      throw new IdentityException(
          "the ledger's origin is "
              + identity.origin()
              + ", for good, and not "
              + origin
              + ": leave the origin out, or let the ledger go on under a new one (ops/spor ledger"
              + " continue)");
    }
    identity.completeHandOver(clock);
    return identity;
  }

  private static void makeFirst(CheckpointStore store, LedgerKeys keys, String origin) {
    NoteSigner signer = keys.make(checked(origin));
    KeyStatement first = KeyStatement.make(signer.verifier(), null, null, List.of(signer));
    store.addKeyStatement(0, first.note().format());
  }

  private static String checked(String origin) {
    if (!ORIGIN.matcher(origin).matches() || !isUrlWithoutScheme(origin)) {
      throw new IdentityException(
          "an origin is a URL without a scheme, such as example.com/log42: 1 to 200 printable ASCII"
              + " characters without spaces and +");
    }
    return origin;
  }

  private static boolean isUrlWithoutScheme(String origin) {
    return !origin.contains("://");
  }

  /// Lets a ledger that was restored on purpose go on: under a new origin and a new key, bound to
  /// the former ones by a statement that both keys sign where the former is still there. Durable
  /// when this returns. What the former origin published stays as it is.
  ///
  /// @param origin that checkpoints are to carry from now on, and the ledger never had
  /// @param clock tells when the checkpoint was signed that stands in for those that are lost:
  ///   asked only where the store of checkpoints holds none
  /// @throws IdentityException where that is no origin, or one that the ledger had before
  public static void continueUnder(
      CheckpointStore store, LedgerKeys keys, String origin, InstantSource clock) {
    List<KeyStatement> chain = KeyStatement.chain(store.keyStatements());
    boolean stated = !chain.isEmpty() && chain.getLast().key().name().equals(origin);
    if (stated && store.newest().isPresent()) {
      throw new IdentityException("the ledger goes on under " + origin + " already: start it");
    }
    if (!stated
        && chain.stream().anyMatch(statement -> statement.key().name().equals(checked(origin)))) {
      throw new IdentityException(
          "the ledger had the origin " + origin + " before: choose a new one");
    }
    if (chain.isEmpty()) {
      makeFirst(store, keys, origin);
    } else if (!stated) {
      follow(store, keys, origin, chain);
    }
    if (store.newest().isEmpty()) {
      // Every checkpoint is lost. A store that knows the key alone is not served.
      LedgerIdentity next = new LedgerIdentity(store, keys);
      Checkpoint begin = new Checkpoint(origin, 0, KeyStatement.emptyRoot());
      store.publish(null, new Published(begin, next.sign(begin), clock.millis()));
    }
  }

  private static void follow(
      CheckpointStore store, LedgerKeys keys, String origin, List<KeyStatement> chain) {
    NoteVerifier before = chain.getLast().key();
    NoteSigner next = keys.make(origin);
    List<NoteSigner> signers = new ArrayList<>();
    keys.find(before).ifPresent(signers::add);
    signers.add(next);
    add(store, chain, KeyStatement.make(next.verifier(), before, last(store, before), signers));
  }

  private static @Nullable Checkpoint last(CheckpointStore store, NoteVerifier key) {
    return store
        .newest()
        .map(Published::checkpoint)
        .filter(checkpoint -> checkpoint.origin().equals(key.name()))
        .orElse(null);
  }

  private static void add(CheckpointStore store, List<KeyStatement> chain, KeyStatement next) {
    if (!store.addKeyStatement(chain.size(), next.note().format())) {
      throw new IdentityException(
          "somebody else has changed the ledger's key at the same time: look, and try again");
    }
  }

  /// Changes the key. Both keys sign the statement and, once more, the newest checkpoint: whoever
  /// holds the former key follows. Durable when this returns; after a crash on the way, the next
  /// [#open] finishes it. Nobody else may publish meanwhile.
  public NoteVerifier rotate(InstantSource clock) {
    Signing now = signing;
    NoteSigner next = keys.make(origin());
    NoteVerifier before = now.current().verifier();
    add(
        store,
        now.chain(),
        KeyStatement.make(
            next.verifier(), before, last(store, before), List.of(now.current(), next)));
    signing = load(store.keyStatements());
    completeHandOver(clock);
    return next.verifier();
  }

  /// Publishes the newest checkpoint once more, under both keys, where a rotation came so far only.
  private void completeHandOver(InstantSource clock) {
    Signing now = signing;
    Optional<Published> newest = store.newest();
    if (now.former() == null || newest.isEmpty()) {
      return;
    }
    Checkpoint last = newest.get().checkpoint();
    boolean signed =
        SignedNote.parse(newest.get().note()).signatures().stream()
            .anyMatch(now.current().verifier()::claims);
    if (!signed && last.origin().equals(origin())) {
      store.publish(last, new Published(last, sign(last), clock.millis()));
    }
  }

  private Signing load(List<String> notes) {
    List<KeyStatement> chain = KeyStatement.chain(notes);
    KeyStatement last = chain.getLast();
    NoteVerifier after = last.after();
    NoteSigner former =
        after == null || last.continuesAnother() ? null : keys.find(after).orElse(null);
    NoteSigner current =
        keys.find(last.key())
            .orElseThrow(() ->
                new IdentityException(
                    "the key store does not hold the key that signs the ledger's checkpoints ("
                        + last.key().vkey()
                        + "): put back the newest key store. If the key is lost, let the ledger go"
                        + " on under a new origin: ops/spor ledger continue"));
    return new Signing(chain, current, former);
  }

  @Override
  public String origin() {
    return signing.current().verifier().name();
  }

  @Override
  public @Nullable String predecessor() {
    String origin = origin();
    return signing.chain().reversed().stream()
        .map(statement -> statement.key().name())
        .filter(name -> !name.equals(origin))
        .findFirst()
        .orElse(null);
  }

  @Override
  public String sign(Checkpoint checkpoint) {
    if (!checkpoint.origin().equals(origin())) {
      throw new LedgerStoreException("a checkpoint of another origin is not signed", null);
    }
    List<String> notes = store.keyStatements();
    if (notes.size() != signing.chain().size()) {
      signing = load(notes);
    }
    Signing now = signing;
    List<NoteSigner> signers = new ArrayList<>();
    NoteSigner former = now.former();
    if (former != null && checkpoint.size() <= now.statement().size()) {
      signers.add(former);
    }
    signers.add(now.current());
    return SignedNote.of(checkpoint.text(), signers).format();
  }

  /// @return the keys of this ledger, the current one first, then former ones, newest first
  public List<NoteVerifier> keys() {
    return signing.chain().reversed().stream().map(KeyStatement::key).toList();
  }

  /// @return the keys of the present origin, the current one first
  public List<NoteVerifier> keysOfOrigin() {
    String origin = origin();
    return keys().stream().filter(key -> key.name().equals(origin)).toList();
  }

  /// @return from the first on
  public List<KeyStatement> statements() {
    return signing.chain();
  }
}
