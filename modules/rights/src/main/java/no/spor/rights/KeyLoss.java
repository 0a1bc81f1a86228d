package no.spor.rights;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.SporAxon;
import no.spor.rights.RightsEvent.LossAccepted;
import no.spor.vault.KeyStore;
import no.spor.vault.Vault;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.jspecify.annotations.Nullable;

/// What a key store lacks that the ledger's newest block was sealed with: it was put back from an
/// older copy, or is another one. Until a newer copy is put in place, or an operator accepts the
/// loss here, nothing personal is sealed or opened. Thread-safe.
public final class KeyLoss {
  private static final int BLOCKS = 64;

  private final LedgerStore blocks;
  private final KeyStore keys;
  private final Vault vault;
  private final Commands commands;
  private final Map<UUID, Long> recorded = new HashMap<>();

  /// Number of the next block to be looked at for what was recorded.
  private long next;

  public KeyLoss(LedgerStore blocks, KeyStore keys, Vault vault, Commands commands) {
    this.blocks = blocks;
    this.keys = keys;
    this.vault = vault;
    this.commands = commands;
  }

  /// Adds the command handlers.
  ///
  /// @return the same builder
  public static SporAxon.Builder register(SporAxon.Builder axon) {
    return axon.commandHandlers("key-loss", new Decisions());
  }

  /// @param store the key store that the ledger was sealed with
  /// @param generation the one that it was in
  /// @param present the one that the key store is in
  /// @param taken whether the key store has accepted it, and only the record is missing
  public record Loss(UUID store, long generation, UUID presentStore, long present, boolean taken) {}

  /// @return what is missing, or was accepted and is not recorded; empty where nothing is
  public Optional<Loss> loss() {
    return blocks
        .newest()
        .map(BlockHead::keys)
        .filter(mark -> !mark.keyStore().equals(KeyStoreMark.NONE.keyStore()))
        .filter(mark -> !keys.covers(mark.keyStore(), mark.generation()))
        .map(mark -> loss(mark.keyStore(), mark.generation(), false))
        .or(this::unrecorded);
  }

  private Loss loss(UUID store, long generation, boolean taken) {
    return new Loss(store, generation, keys.id(), keys.generation(), taken);
  }

  /// What was interrupted between the key store and the ledger.
  private synchronized Optional<Loss> unrecorded() {
    Map<UUID, Long> accepted = keys.acceptedLosses();
    if (accepted.isEmpty()) {
      return Optional.empty();
    }
    follow();
    return accepted.entrySet().stream()
        .filter(one -> recorded.getOrDefault(one.getKey(), Long.MIN_VALUE) < one.getValue())
        .findFirst()
        .map(one -> loss(one.getKey(), one.getValue(), true));
  }

  private void follow() {
    long end = blocks.newest().map(head -> head.number() + 1).orElse(0L);
    List<Block> flagged;
    do {
      flagged = blocks.controlBlocks(next, end, BLOCKS);
      for (Block block : flagged) {
        ForgettingReader.losses(block)
            .forEach(one -> recorded.merge(one.store(), one.generation(), Math::max));
        next = block.head().number() + 1;
      }
    } while (flagged.size() == BLOCKS);
    next = Math.max(next, end);
  }

  /// Accepts the loss, for good: what was sealed for people whose keys are missing reads *erased*
  /// from now on, and they can be recorded as new. Where the loss includes a tenant's lookup key,
  /// whoever was fenced under it is not recognised any more: ask for those erasures again.
  ///
  /// First the key store takes over, for without it nothing can be recorded; then it is recorded
  /// (`spor.loss-accepted`). A crash between the two leaves the loss standing in [#loss], as one
  /// that is taken: accepting that records it.
  ///
  /// @param by id of the API key on whose behalf it is done; null for the operator at the machine
  public void accept(Loss loss, @Nullable String by) {
    if (!loss.taken()) {
      vault.acceptLoss(loss.store(), loss.generation());
    }
    commands.send(new Accept(loss.store(), loss.generation(), by));
  }

  record Accept(UUID store, long generation, @Nullable String by) {}

  static final class Decisions {
    @CommandHandler
    boolean handle(Accept command, EventAppender appender) {
      appender.append(
          new LossAccepted(
              command.store().toString(), Long.toString(command.generation()), command.by()));
      return true;
    }
  }
}
