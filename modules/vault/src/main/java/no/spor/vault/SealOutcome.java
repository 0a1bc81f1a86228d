package no.spor.vault;

import java.util.List;

/// What became of a [SealRequest].
public sealed interface SealOutcome {
  /// Sealed; every key used is durable.
  ///
  /// @param parts in order
  /// @param people handles of the people in it: where one is dead when the record is to be
  ///   appended, it must be refused
  /// @param generation the key store's generation that holds all keys used
  record Sealed(List<byte[]> parts, List<KeyHandle> people, long generation)
      implements SealOutcome {}

  /// A person in it is erased; nothing was sealed. Says `person-erased`.
  record PersonErased() implements SealOutcome {}

  /// Its period is under the mark of expiry, so there is no key and never will be; nothing was
  /// sealed. To be recorded with its payload discarded.
  record PeriodExpired() implements SealOutcome {}
}
