package no.spor.tenancy;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import no.spor.activity.EventIdentity;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.PartAddress;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.Tag;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.FurtherParts.FurtherPart;
import no.spor.ledger.axon.SporAxon;

/// A ledger's store in memory, and nodes over it.
final class Deployment implements LedgerStore {
  private final UUID id;
  private final List<Block> blocks = new ArrayList<>();

  /// How many of the newest blocks are not seen by who asks for control blocks.
  volatile int hidden;

  Deployment(UUID id) {
    this.id = id;
  }

  private static RecordKey identity(String stream, byte[] body) {
    if (!stream.equals("spor")) {
      return null;
    }
    HeaderBody header = HeaderBodyCodec.decode(body);
    EventIdentity identity = EventIdentity.of(header.tenant(), header.source(), header.id());
    return new RecordKey(identity.high(), identity.low());
  }

  /// A copy as of now, as a backup is one.
  synchronized Deployment copy() {
    Deployment copy = new Deployment(id);
    copy.blocks.addAll(blocks);
    return copy;
  }

  /// Payloads that are not readable in the ledger, and can be made unopenable.
  static final class Sealed implements DomainPayloads {
    volatile boolean unavailable;

    @Override
    public List<byte[]> seal(
        HeaderBody header, byte[] body, byte[] payload, List<FurtherPart> further) {
      return List.of(flipped(payload));
    }

    @Override
    public byte[] open(HeaderBody header, byte[] body, byte[] part) {
      if (unavailable) {
        throw new IllegalStateException("injected: keys unavailable");
      }
      return flipped(part);
    }

    private static byte[] flipped(byte[] bytes) {
      byte[] flipped = bytes.clone();
      for (int i = 0; i < flipped.length; i++) {
        flipped[i] ^= 0x55;
      }
      return flipped;
    }
  }

  /// A running node.
  static final class Node implements AutoCloseable {
    final Sealed payloads = new Sealed();
    final Registry registry;
    final Ledger ledger;
    final SporAxon axon;
    final EventSourcedTenancy tenancy;

    Node(LedgerStore store, RegistryStore registryStore) {
      registry = new Registry(registryStore, payloads);
      registry.start(store);
      SecureRandom random = new SecureRandom();
      ledger =
          Ledger.open(
              store,
              Deployment::identity,
              RecordedKeys.inMemory(),
              LedgerOptions.of(InstantSource.system(), random),
              registry);
      axon =
          EventSourcedTenancy.register(
                  SporAxon.over(ledger)
                      .payloads(payloads)
                      .controlTypes(EventSourcedTenancy::control))
              .build();
      axon.start();
      tenancy = new EventSourcedTenancy(axon.commands(), registry, random);
    }

    /// Appends what is no administration: an unflagged block.
    void appendActivity() {
      ledger
          .append(
              List.of(
                  new Draft(
                      "acme",
                      new byte[] {1, 2, 3},
                      List.of(new DraftPart("session", new byte[] {7})),
                      null,
                      List.of(),
                      false,
                      null)))
          .join();
    }

    @Override
    public void close() {
      axon.close();
      ledger.close();
      registry.close();
    }
  }

  @Override
  public UUID ledger() {
    return id;
  }

  @Override
  public synchronized Optional<BlockHead> newest() {
    return blocks.isEmpty() ? Optional.empty() : Optional.of(blocks.getLast().head());
  }

  @Override
  public synchronized int append(List<Block> proposed) {
    int written = 0;
    for (Block block : proposed) {
      if (block.head().number() != blocks.size()) {
        break;
      }
      blocks.add(block);
      written++;
    }
    return written;
  }

  @Override
  public synchronized List<Block> blocks(long from, int max) {
    return from(from, max, block -> true);
  }

  @Override
  public synchronized List<BlockHead> heads(long from, int max) {
    return blocks(from, max).stream().map(Block::head).toList();
  }

  @Override
  public synchronized Optional<Block> blockAt(long position) {
    return blocks.stream()
        .filter(b -> b.head().firstPosition() <= position && position < b.head().endPosition())
        .findFirst();
  }

  @Override
  public synchronized List<Block> controlBlocks(long from, long end, int max) {
    if (end > blocks.size() - hidden) {
      throw new LedgerStoreException("not all of it is to be seen", null);
    }
    return from(from, max, block -> block.head().control() && block.head().number() < end);
  }

  @Override
  public synchronized List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max) {
    return from(from, max, block -> block.tags().stream().anyMatch(anyOf::contains)).stream()
        .map(block -> block.head().number())
        .toList();
  }

  @Override
  public List<Long> labelledBlocks(String label, long from, int max) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int drop(long block, Collection<PartAddress> parts) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void reclaim() {}

  @Override
  public void close() {}

  private List<Block> from(long from, int max, Predicate<Block> wanted) {
    return blocks.stream().skip(Math.max(0, from)).filter(wanted).limit(max).toList();
  }
}
