package no.spor.rights;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import no.spor.activity.HeaderBody;
import no.spor.ledger.Block;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.BlockReader;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.DomainEventReader;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.StreamedRecord;
import org.axonframework.messaging.eventhandling.annotation.Event;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// All erasures as they follow from the ledger's flagged blocks, in memory. [#start] reads them;
/// then it is given to the ledger as a [BlockFollower]. Where a block cannot be followed now, the
/// next question tries again. Thread-safe.
public final class ErasureRegister implements BlockFollower {
  private static final Logger LOG = System.getLogger(ErasureRegister.class.getName());
  private static final String STREAM = "spor";
  private static final int BLOCKS = 256;

  private static final Map<String, Class<? extends RightsEvent>> TYPES = types();

  private final DomainEventReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, ErasureRecord> erasures = new LinkedHashMap<>();
  private @Nullable LedgerStore ledger;

  /// Number of the next block that is to be followed.
  private long next;

  private boolean current;

  /// Position of the newest record that the ledger was put back and goes on with kept keys.
  private long continuedAt = -1;

  public ErasureRegister(DomainPayloads payloads) {
    this.reader = new DomainEventReader(payloads, JsonMapper.shared());
  }

  /// Reads what the ledger says up to its newest block.
  public void start(LedgerStore blocks) {
    lock.lock();
    try {
      ledger = blocks;
      catchUp(blocks);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long next() {
    lock.lock();
    try {
      return next;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean controlOnly() {
    return true;
  }

  @Override
  public void committed(Block block) {
    lock.lock();
    try {
      if (current && block.head().number() >= next) {
        follow(block);
      }
    } catch (RuntimeException e) {
      current = false;
      LOG.log(
          Level.ERROR,
          "The register of erasures cannot follow block " + block.head().number() + ".",
          e);
    } finally {
      lock.unlock();
    }
  }

  /// @return position of the newest record that the ledger was put back to an earlier point and
  ///   goes on with keys that had followed it further; -1 for none
  long continuedAt() {
    lock.lock();
    try {
      ensureCurrent();
      return continuedAt;
    } finally {
      lock.unlock();
    }
  }

  <T> Optional<T> find(String id, Function<ErasureRecord, T> view) {
    lock.lock();
    try {
      ensureCurrent();
      return Optional.ofNullable(erasures.get(id)).map(view);
    } finally {
      lock.unlock();
    }
  }

  /// @return those wanted, newest first
  <T> List<T> list(Predicate<ErasureRecord> wanted, Function<ErasureRecord, T> view) {
    lock.lock();
    try {
      ensureCurrent();
      List<T> found = new ArrayList<>();
      for (ErasureRecord one : erasures.values().stream().toList().reversed()) {
        if (wanted.test(one)) {
          found.add(view.apply(one));
        }
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  private void ensureCurrent() {
    LedgerStore blocks = ledger;
    if (blocks == null) {
      throw new IllegalStateException("the register was not started");
    }
    if (!current) {
      catchUp(blocks);
    }
  }

  private void catchUp(LedgerStore blocks) {
    long end = blocks.newest().map(head -> head.number() + 1).orElse(0L);
    List<Block> flagged;
    do {
      flagged = blocks.controlBlocks(next, end, BLOCKS);
      flagged.forEach(this::follow);
    } while (flagged.size() == BLOCKS);
    next = Math.max(next, end);
    current = true;
  }

  private void follow(Block block) {
    record Happened(RightsEvent event, String erasure, LedgerRecord record, HeaderBody header) {}
    List<Happened> all = new ArrayList<>();
    for (LedgerRecord record : new BlockReader(block).records()) {
      if (record.stream().equals(STREAM)) {
        HeaderBody header = StreamedRecord.headerOf(record);
        if (header.type().equals(KeyStoreFollower.LEDGER_CONTINUED)
            && ForgettingReader.tag(header, KeyStoreFollower.KEYS_FOLLOWED) != null) {
          continuedAt = record.position();
        }
        Class<? extends RightsEvent> type = TYPES.get(header.type());
        String erasure = ForgettingReader.tag(header, RightsEvent.ERASURE);
        if (type != null && erasure != null) {
          RightsEvent event = reader.read(record).orElseThrow().payloadAs(type);
          all.add(new Happened(event, erasure, record, header));
        }
      }
    }
    for (Happened one : all) {
      erasures
          .computeIfAbsent(one.erasure(), ErasureRecord::new)
          .apply(one.event(), one.header().time(), one.record().position());
    }
    next = block.head().number() + 1;
  }

  private static Map<String, Class<? extends RightsEvent>> types() {
    Map<String, Class<? extends RightsEvent>> types = new HashMap<>();
    for (Class<?> type : RightsEvent.class.getPermittedSubclasses()) {
      Event event = type.getAnnotation(Event.class);
      types.put(event.namespace() + "." + event.name(), type.asSubclass(RightsEvent.class));
    }
    return Map.copyOf(types);
  }
}
