package no.spor.server;

import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.SporAxon;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.annotation.Event;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.jspecify.annotations.Nullable;

/// Records what administrators have the server do where that changes nothing that would be an event
/// itself: a run of retention, a rotation of the epochs, a rebuild of a view. Recorded, durably,
/// before it is done: what cannot be recorded is not done. Thread-safe.
public final class OperatorActions {
  /// The payload is a format: members are added, never renamed.
  ///
  /// @param action what is done
  /// @param by id of the API key on whose behalf
  @Event(namespace = "spor", name = "operator-acted")
  record OperatorActed(@EventTag(key = "action") String action, @Nullable String by) {}

  record Act(String action, @Nullable String by) {}

  static final class Decisions {
    @CommandHandler
    boolean handle(Act command, EventAppender appender) {
      appender.append(new OperatorActed(command.action(), command.by()));
      return true;
    }
  }

  private final Commands commands;

  OperatorActions(Commands commands) {
    this.commands = commands;
  }

  static SporAxon.Builder register(SporAxon.Builder axon) {
    return axon.commandHandlers("operator-actions", new Decisions());
  }

  /// @param action lower case and hyphens
  /// @param by id of the API key on whose behalf it is done
  public void record(String action, String by) {
    commands.send(new Act(action, by));
  }
}
