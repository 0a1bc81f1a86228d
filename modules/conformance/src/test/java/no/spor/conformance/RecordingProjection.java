package no.spor.conformance;

import java.util.ArrayList;
import java.util.List;
import no.spor.ledger.axon.Projection;
import no.spor.ledger.axon.StreamedRecord;

/// Remembers what it was given; can be told to fail.
class RecordingProjection implements Projection {
  private final String name;
  private final List<Long> positions = new ArrayList<>();
  private final List<Long> committed = new ArrayList<>();
  private int failures;
  private int clears;

  RecordingProjection(String name) {
    this.name = name;
  }

  synchronized void failNext(int times) {
    failures = times;
  }

  synchronized List<Long> positions() {
    return List.copyOf(positions);
  }

  synchronized List<Long> committedPositions() {
    return List.copyOf(committed);
  }

  synchronized int clears() {
    return clears;
  }

  synchronized int failuresLeft() {
    return failures;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void apply(List<StreamedRecord> records, long from, long applied) {
    if (failures > 0) {
      failures--;
      throw new IllegalStateException("told to fail");
    }
    if (records.getLast().position() + 1 != applied) {
      throw new AssertionError("the batch ends with " + applied);
    }
    records.forEach(record -> positions.add(record.position()));
  }

  @Override
  public synchronized void clear() {
    clears++;
    positions.clear();
  }

  @Override
  public synchronized void committed(long applied) {
    committed.add(applied);
  }
}
