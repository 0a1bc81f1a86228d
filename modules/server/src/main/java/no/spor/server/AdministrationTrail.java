package no.spor.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.BlockReader;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.DomainEventReader;
import no.spor.ledger.axon.DomainEventReader.DomainEvent;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.StreamedRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who administered what, read from the ledger itself: tenants, catalogues, keys, requests for
/// erasure, and what the operator had done. No secret, no reason and no person shows: of each act
/// only members that are known to hold none. Thread-safe.
public final class AdministrationTrail {
  private static final String STREAM = "spor";

  /// What the house does by itself, or as a consequence of an act that is shown.
  private static final Set<String> BY_ITSELF =
      Set.of(
          "spor.person-erased",
          "spor.account-closed",
          "spor.parts-counted",
          "spor.erasure-completed",
          "spor.period-expired");

  private static final List<String> SHOWN =
      List.of(
          "key",
          "role",
          "name",
          "version",
          "erasure",
          "action",
          "notBefore",
          "until",
          "store",
          "generation",
          "origin",
          "vkey");

  private static final int BLOCKS = 16;
  private static final int MOST_BLOCKS = 512;

  private final LedgerStore blocks;
  private final DomainEventReader reader;

  AdministrationTrail(LedgerStore blocks, DomainPayloads payloads) {
    this.blocks = blocks;
    this.reader = new DomainEventReader(payloads, JsonMapper.shared());
  }

  /// @param position in the ledger
  /// @param type such as `spor.key-created`
  /// @param tenant whom it concerns; null where it concerns the operator alone
  /// @param by id of the API key on whose behalf it was done; null for the operator at the machine
  public record Act(
      long position,
      Instant time,
      String type,
      @Nullable String tenant,
      @Nullable String by,
      Map<String, String> details) {}

  /// @param next position to go on from; `size` where nothing more is there
  public record Page(List<Act> acts, long next, long size) {}

  /// @param tenant only what concerns this one; null for all
  /// @param from position of the first record to look at
  /// @param limit of acts; a page may have fewer, before the end too
  /// @throws no.spor.vault.KeysUnavailableException where payloads cannot be opened now
  public Page read(@Nullable String tenant, long from, int limit) {
    Optional<BlockHead> newest = blocks.newest();
    long size = newest.map(BlockHead::endPosition).orElse(0L);
    List<Act> acts = new ArrayList<>();
    if (from >= size) {
      return new Page(acts, from, size);
    }
    long end = newest.orElseThrow().number() + 1;
    long block = blocks.blockAt(from).orElseThrow().head().number();
    for (int looked = 0; looked < MOST_BLOCKS; looked += BLOCKS) {
      List<Block> some = blocks.controlBlocks(block, end, BLOCKS);
      for (Block one : some) {
        for (LedgerRecord record : new BlockReader(one).records()) {
          if (acts.size() == limit) {
            return new Page(acts, record.position(), size);
          }
          if (record.position() >= from && record.stream().equals(STREAM)) {
            act(record, tenant).ifPresent(acts::add);
          }
        }
        block = one.head().number() + 1;
      }
      if (some.size() < BLOCKS) {
        return new Page(acts, size, size);
      }
    }
    long next =
        blocks.heads(block, 1).stream().findFirst().map(BlockHead::firstPosition).orElse(size);
    return new Page(acts, next, size);
  }

  private Optional<Act> act(LedgerRecord record, @Nullable String wanted) {
    HeaderBody header = StreamedRecord.headerOf(record);
    String tenant = tenant(header);
    if (BY_ITSELF.contains(header.type()) || (wanted != null && !wanted.equals(tenant))) {
      return Optional.empty();
    }
    DomainEvent event = reader.read(record).orElseThrow();
    JsonNode payload = event.payloadAs(JsonNode.class);
    Map<String, String> details = new LinkedHashMap<>();
    for (String name : SHOWN) {
      String value = payload.path(name).asString("");
      if (!value.isEmpty()) {
        details.put(name, value);
      }
    }
    String by = payload.path("by").asString("");
    return Optional.of(
        new Act(
            record.position(),
            header.time(),
            header.type(),
            tenant,
            by.isEmpty() ? null : by,
            details));
  }

  private static @Nullable String tenant(HeaderBody header) {
    for (EventTag tag : header.tags()) {
      if (tag.key().equals("tenant")) {
        return tag.value();
      }
      if (tag.key().equals("keyring") && tag.value().startsWith("tenant:")) {
        return tag.value().substring("tenant:".length());
      }
    }
    return null;
  }
}
