package no.spor.ledger.witness;

import java.io.IOException;
import java.util.Optional;

/// Port: what a witness has cosigned last, of each log. Thread-safe.
public interface WitnessState {

  /// @param log SHA-256 of the origin, lowercase hexadecimal
  /// @return the checkpoint with the log's and the witness's signatures; empty where none ever was
  Optional<String> newest(String log) throws IOException;

  /// Keeps a cosigned checkpoint in place of the one before. Durable when this returns; after a
  /// crash on the way, one of the two stands, whole.
  void keep(String log, String note) throws IOException;
}
