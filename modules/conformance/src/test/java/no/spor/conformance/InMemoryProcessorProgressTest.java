package no.spor.conformance;

import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;

class InMemoryProcessorProgressTest extends ProcessorProgressSuite {
  @Override
  protected Fixture open() {
    InMemoryProcessorProgress progress = new InMemoryProcessorProgress();
    return new Fixture() {
      @Override
      public ProcessorProgress progress() {
        return progress;
      }

      @Override
      public ViewTransactions transactions() {
        return progress;
      }

      @Override
      public ProcessorProgress reopened() {
        return progress;
      }

      @Override
      public void close() {
        // nothing is held
      }
    };
  }
}
