package no.spor.server;

import no.spor.ledger.AppendObserver;
import no.spor.recording.RecordingObserver;

/// Told what a node does, to be measured.
public record NodeObserver(AppendObserver append, RecordingObserver recording) {
  /// Looks at nothing.
  public static final NodeObserver NONE =
      new NodeObserver(AppendObserver.NONE, RecordingObserver.NONE);
}
