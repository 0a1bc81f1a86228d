package no.spor.rights;

import java.util.Optional;
import java.util.UUID;
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
  private final LedgerStore blocks;
  private final KeyStore keys;
  private final Vault vault;
  private final Commands commands;

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
  public record Loss(UUID store, long generation, UUID presentStore, long present) {}

  /// @return what is missing; empty where nothing is
  public Optional<Loss> loss() {
    return blocks
        .newest()
        .map(BlockHead::keys)
        .filter(mark -> !mark.keyStore().equals(KeyStoreMark.NONE.keyStore()))
        .filter(mark -> !keys.covers(mark.keyStore(), mark.generation()))
        .map(mark -> new Loss(mark.keyStore(), mark.generation(), keys.id(), keys.generation()));
  }

  /// Accepts the loss, for good: what was sealed for people whose keys are missing reads *erased*
  /// from now on, and they can be recorded as new. Where the loss includes a tenant's lookup key,
  /// whoever was fenced under it is not recognised any more: ask for those erasures again.
  ///
  /// First the key store takes over, for without it nothing can be recorded; then it is recorded
  /// (`spor.loss-accepted`). Where that fails or is interrupted, say it again with the same loss.
  ///
  /// @param by id of the API key on whose behalf it is done; null for the operator at the machine
  public void accept(Loss loss, @Nullable String by) {
    vault.acceptLoss(loss.store(), loss.generation());
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
