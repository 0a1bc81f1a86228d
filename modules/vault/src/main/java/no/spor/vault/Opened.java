package no.spor.vault;

/// What became of opening a part.
public sealed interface Opened {
  /// In clear. Short-lived.
  record Clear(byte codec, byte[] content) implements Opened {
    @Override
    public String toString() {
      return "Clear[…]";
    }
  }

  /// The person's key is gone.
  record Erased() implements Opened {}

  /// The period's key is gone.
  record Expired() implements Opened {}

  /// Commitment or tag do not fit: the bytes, or what they are bound to, were changed.
  record Damaged() implements Opened {}
}
