package no.spor.cli;

/// How many lines came to what. Not thread-safe.
final class ImportTally {
  private long recorded;
  private long duplicate;
  private long rejected;

  void recordedOne() {
    recorded++;
  }

  void duplicateOne() {
    duplicate++;
  }

  void rejectedOne() {
    rejected++;
  }

  void set(long newRecorded, long newDuplicate, long newRejected) {
    recorded = newRecorded;
    duplicate = newDuplicate;
    rejected = newRejected;
  }

  void add(ImportTally other) {
    recorded += other.recorded;
    duplicate += other.duplicate;
    rejected += other.rejected;
  }

  long recorded() {
    return recorded;
  }

  long duplicate() {
    return duplicate;
  }

  long rejected() {
    return rejected;
  }

  long total() {
    return recorded + duplicate + rejected;
  }

  String sentence() {
    return "recorded " + recorded + ", duplicate " + duplicate + ", rejected " + rejected;
  }
}
