package no.spor.recording;

/// Told what was recorded, to be measured. Called by whoever records, by many threads at once: it
/// must return at once and must not throw.
@FunctionalInterface
public interface RecordingObserver {
  /// Looks at nothing.
  RecordingObserver NONE = (tenant, type) -> {};

  /// An event, not a duplicate, is durable.
  void recorded(String tenant, String type);
}
