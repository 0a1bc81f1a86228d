package no.spor.server;

import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.Ledger;
import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.SporAxon;
import no.spor.ledger.identity.KeyStatement;
import no.spor.rights.KeyStoreFollower;
import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.eventsourcing.annotation.reflection.InjectEntityId;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.annotation.Event;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.axonframework.modelling.annotation.InjectEntity;
import org.axonframework.modelling.annotation.TargetEntityId;
import org.jspecify.annotations.Nullable;

/// Records in the ledger what changes of its key and origin, so that the tree commits to it too.
/// The types and tags are a format (`modules/ledger/FORMAT.md`, "Keys of a ledger").
final class LedgerKeyRecords {
  private static final String NAMESPACE = "spor";

  /// The key was rotated.
  ///
  /// @param vkey the key from now on
  /// @param statement the signed note that says so
  @Event(namespace = NAMESPACE, name = "ledger-key")
  record LedgerKeyRotated(
      @EventTag(key = "vkey") String vkey,
      @EventTag(key = "origin") String origin,
      String statement) {}

  /// The ledger was restored on purpose and goes on under a new origin.
  ///
  /// @param size of the last checkpoint under the former origin
  /// @param root of that checkpoint, Base 64
  /// @param statement the signed note that says so
  /// @param keysFollowed what the key store had followed of the history that was lost, block and
  ///   hash: what it forgot there stays forgotten; null where it was put back too
  /// @param checkpoint that checkpoint, a signed note; empty where nothing was published
  @Event(namespace = NAMESPACE, name = "ledger-continued")
  record LedgerContinued(
      @EventTag(key = "vkey") String vkey,
      @EventTag(key = "origin") String origin,
      @EventTag(key = "predecessor") String predecessor,
      @EventTag(key = "size") String size,
      @EventTag(key = "root") String root,
      @EventTag(key = KeyStoreFollower.KEYS_FOLLOWED) @Nullable String keysFollowed,
      String statement,
      String checkpoint) {}

  record RecordRotation(@TargetEntityId String vkey, LedgerKeyRotated event) {}

  record RecordContinuation(@TargetEntityId String vkey, LedgerContinued event) {}

  /// Whether the beginning of a key was recorded.
  @EventSourcedEntity(tagKey = "vkey")
  static final class KeyBeginning {
    private boolean recorded;

    @EntityCreator
    KeyBeginning(@InjectEntityId String vkey) {}

    @EventSourcingHandler
    void on(LedgerKeyRotated event) {
      recorded = true;
    }

    @EventSourcingHandler
    void on(LedgerContinued event) {
      recorded = true;
    }
  }

  static final class Handlers {
    @CommandHandler
    void handle(RecordRotation command, @InjectEntity KeyBeginning key, EventAppender appender) {
      if (!key.recorded) {
        appender.append(command.event());
      }
    }

    @CommandHandler
    void handle(
        RecordContinuation command, @InjectEntity KeyBeginning key, EventAppender appender) {
      if (!key.recorded) {
        appender.append(command.event());
      }
    }
  }

  private LedgerKeyRecords() {}

  /// Records what is not recorded yet, from the last continuation on. To be called before anything
  /// else may be recorded, so that the first new record of a ledger that was continued says so.
  ///
  /// @param keysAhead what the key store has followed of a history that the ledger has lost
  static void catchUp(
      Ledger ledger,
      DomainPayloads payloads,
      Publishing publishing,
      Supplier<Optional<String>> keysAhead,
      InstantSource clock) {
    List<KeyStatement> statements = publishing.identity().statements();
    if (statements.size() == 1) {
      return;
    }
    // Without projections: they may record too.
    try (SporAxon axon =
        SporAxon.over(ledger)
            .payloads(payloads)
            .node("ledger-keys", clock)
            .entity(String.class, KeyBeginning.class)
            .commandHandlers("ledger-keys", new Handlers())
            .build()) {
      axon.start();
      record(axon.commands(), statements, publishing.checkpoints(), keysAhead.get().orElse(null));
    }
  }

  /// @return the present key, where it is the first of a new origin of a ledger that was restored
  static Optional<String> continuedUnder(CheckpointStore checkpoints) {
    return KeyStatement.chain(checkpoints.keyStatements()).reversed().stream()
        .filter(KeyStatement::continuesAnother)
        .findFirst()
        .map(statement -> statement.key().vkey());
  }

  private static void record(
      Commands commands,
      List<KeyStatement> statements,
      CheckpointStore checkpoints,
      @Nullable String keysAhead) {
    int first = statements.size() - 1;
    while (first > 0 && !statements.get(first).continuesAnother()) {
      first--;
    }
    for (KeyStatement statement : statements.subList(first, statements.size())) {
      statement
          .last()
          .ifPresent(last -> {
            String vkey = statement.key().vkey();
            String note = statement.note().format();
            commands.send(
                statement.continuesAnother()
                    ? new RecordContinuation(
                        vkey, continued(statement, last, note, checkpoints, keysAhead))
                    : new RecordRotation(
                        vkey, new LedgerKeyRotated(vkey, statement.key().name(), note)));
          });
    }
  }

  private static LedgerContinued continued(
      KeyStatement statement,
      Checkpoint last,
      String note,
      CheckpointStore checkpoints,
      @Nullable String keysAhead) {
    String checkpoint =
        checkpoints
            .atMost(last.origin(), last.size())
            .filter(published -> published.checkpoint().equals(last))
            .map(Published::note)
            .orElse("");
    return new LedgerContinued(
        statement.key().vkey(),
        statement.key().name(),
        last.origin(),
        Long.toString(last.size()),
        Base64.getEncoder().encodeToString(last.root()),
        keysAhead,
        note,
        checkpoint);
  }
}
