package no.spor.vault;

/// What the key store knows of a person. *Unknown* is no state but an error:
/// [KeysUnavailableException].
public enum PersonState {
  NEVER_SEEN,
  ACTIVE,
  ERASED
}
