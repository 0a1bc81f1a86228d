package no.spor.conformance;

import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.StorageEngineTestSuite;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

/// Axon's own suite for storage engines, bound to the ledger over a store. A subclass gives the
/// fixture that the store's [LedgerStoreSuite] uses too.
public abstract class AxonEngineSuite extends StorageEngineTestSuite<EventStorageEngine> {
  private LedgerStoreSuite.@Nullable Fixture fixture;
  private @Nullable AxonNode node;

  /// @return a fixture over an empty ledger; one for all tests, which do not mind each other
  protected abstract LedgerStoreSuite.Fixture open() throws Exception;

  @Override
  protected EventStorageEngine buildStorageEngine() throws Exception {
    LedgerStoreSuite.Fixture opened = open();
    AxonNode made = new AxonNode(opened.store());
    fixture = opened;
    node = made;
    return made.engine();
  }

  @Override
  protected ProcessingContext processingContext() {
    return AxonNode.context();
  }

  @AfterAll
  void closeFixture() {
    if (node != null && fixture != null) {
      node.close();
      fixture.close();
    }
  }
}
