package no.spor.conformance;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.activity.EventIdentity;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.SporAxon;
import org.axonframework.common.configuration.Configuration;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.messaging.core.EmptyApplicationContext;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.core.unitofwork.SimpleUnitOfWorkFactory;

/// One node's ledger over a store, with the engine that Axon is given.
final class AxonNode implements AutoCloseable {
  final Ledger ledger;
  private final SporAxon bare;

  AxonNode(LedgerStore store) {
    this(store, DomainPayloads.insecureInClear(), Duration.ofMillis(10));
  }

  /// @param followEvery how often it looks for other nodes' blocks; zero for never
  AxonNode(LedgerStore store, DomainPayloads payloads, Duration followEvery) {
    ledger =
        Ledger.open(
            store,
            (stream, body) -> {
              EventIdentity identity = EventIdentity.ofBody(body);
              return new RecordKey(identity.high(), identity.low());
            },
            RecordedKeys.inMemory(),
            LedgerOptions.of(InstantSource.system(), new SecureRandom())
                .withFollowEvery(followEvery));
    bare = SporAxon.over(ledger).payloads(payloads).build();
  }

  Configuration configuration() {
    return bare.configuration();
  }

  EventStorageEngine engine() {
    return bare.configuration().getComponent(EventStorageEngine.class);
  }

  /// A processing context for calls that only ask whether there is one.
  static ProcessingContext context() {
    AtomicReference<ProcessingContext> context = new AtomicReference<>();
    var unitOfWork = new SimpleUnitOfWorkFactory(EmptyApplicationContext.INSTANCE).create();
    unitOfWork.runOnInvocation(context::set);
    unitOfWork.execute().join();
    return context.get();
  }

  @Override
  public void close() {
    bare.close();
    ledger.close();
  }
}
