package no.spor.vault;

/// Seals one person's (or company's) parts of one day. The commitment is kept with it.
final class ContentKey extends Counted {
  private final SecretBytes key;
  private final byte[] commitment;

  ContentKey(SecretBytes key, byte[] commitment) {
    this.key = key;
    this.commitment = commitment;
  }

  SecretBytes key() {
    return key;
  }

  byte[] commitment() {
    return commitment;
  }

  @Override
  void wipe() {
    key.close();
  }
}
