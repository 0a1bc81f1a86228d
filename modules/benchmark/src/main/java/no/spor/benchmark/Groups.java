package no.spor.benchmark;

/// What is compared with what, in the order of the report.
final class Groups {
  static final String INGEST = "Durable ingest in process, batches of 500, acknowledged";
  static final String HTTP_BATCH = "HTTP, batches of 500, 4 connections, durable";
  static final String HTTP_SINGLE = "HTTP, one event a request, 64 connections, durable";
  static final String PAGE = "First page of a timeline, 100 events, decrypted";
  static final String REBUILD = "Rebuilding views";
  static final String VERIFY = "Verifying and proving";
  static final String ERASE = "Erasing a person";
  static final String DISK = "Bytes on disk";
  static final String LARGE = "The large directory";
  static final String GROWTH = "How cost grows";

  private Groups() {}
}
