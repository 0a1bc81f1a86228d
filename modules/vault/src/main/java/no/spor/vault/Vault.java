package no.spor.vault;

import java.util.List;
import no.spor.activity.HeaderBody;
import no.spor.activity.PersonId;
import java.util.UUID;

/// Makes, finds, uses and destroys keys; seals and opens. Keys never leave it as bytes. Thread-safe.
///
/// Every method throws [KeysUnavailableException] where the key store cannot say (unreachable, inconsistent, behind the ledger).
public interface Vault extends AutoCloseable {

  /// Seals events, all of one call with as few commits of the key store as can be. Keys that are made are durable when this returns.
  /// Requests of several tenants may be mixed. Erases `PlainPart.content`.
  List<SealOutcome> seal(List<SealRequest> requests);

  /// Opens one part.
  ///
  /// @param body the header's body, exact bytes
  /// @param partIndex index among the record's parts
  Opened open(HeaderBody header, byte[] body, int partIndex, byte[] part);

  /// Says why a part that was dropped is gone: `Erased` unless its period is under the expiry mark.
  Opened gone(HeaderBody header);

  /// @return what is known of a person, and every pseudonym its events were given
  PersonView find(String tenant, PersonId person);

  /// @param state never *unknown*: that is an exception
  /// @param pseudonyms 16 bytes each; empty unless active
  record PersonView(PersonState state, List<byte[]> pseudonyms) {}

  UUID keyStore();

  /// @return the generation of the key store as this node last saw or made it
  long generation();

  @Override
  void close();
}
