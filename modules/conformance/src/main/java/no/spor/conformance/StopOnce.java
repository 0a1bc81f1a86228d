package no.spor.conformance;

import java.util.List;
import java.util.OptionalLong;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;

/// Stops a processor once, when the rows of a batch are written and its position is not, or when
/// both are and the transaction ends without a commit.
final class StopOnce implements ProcessorProgress, ViewTransactions {
  private final ProcessorProgress progress;
  private final ViewTransactions transactions;
  private final boolean afterRows;
  volatile boolean armed;
  volatile boolean stopped;

  StopOnce(ProcessorProgress progress, ViewTransactions transactions, boolean afterRows) {
    this.progress = progress;
    this.transactions = transactions;
    this.afterRows = afterRows;
  }

  private void stop() {
    if (armed) {
      armed = false;
      stopped = true;
      throw new IllegalStateException("stopped here, as asked for");
    }
  }

  @Override
  public boolean store(String processor, int segment, Claim claim, long position) {
    if (afterRows) {
      stop();
    }
    return progress.store(processor, segment, claim, position);
  }

  @Override
  public Transaction begin() {
    Transaction transaction = transactions.begin();
    return new Transaction() {
      @Override
      public void commit() {
        if (!afterRows && armed && progress.segments("timeline").size() == 1) {
          transaction.rollback();
          stop();
        }
        transaction.commit();
      }

      @Override
      public void rollback() {
        transaction.rollback();
      }
    };
  }

  @Override
  public List<Segment> segments(String processor) {
    return progress.segments(processor);
  }

  @Override
  public boolean create(String processor, int segment, int mask, long position) {
    return progress.create(processor, segment, mask, position);
  }

  @Override
  public OptionalLong claim(String processor, int segment, Claim claim) {
    return progress.claim(processor, segment, claim);
  }

  @Override
  public boolean extend(String processor, int segment, Claim claim) {
    return progress.extend(processor, segment, claim);
  }

  @Override
  public void release(String processor, int segment, String owner) {
    progress.release(processor, segment, owner);
  }

  @Override
  public boolean delete(String processor, int segment, Claim claim) {
    return progress.delete(processor, segment, claim);
  }

  @Override
  public String id() {
    return progress.id();
  }
}
