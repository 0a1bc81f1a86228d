package no.spor.tenancy;

/// The registry has not caught up with the ledger, so nobody can be let in and nothing changed: a
/// revoked key might still be taken for a living one. Try again after a while; the server's log
/// says what is in the way.
public class RegistryBehindException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RegistryBehindException(@org.jspecify.annotations.Nullable Throwable cause) {
    super("the registry has not caught up with the ledger", cause);
  }
}
