package no.spor.tenancy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/// An API key as its holder sees it: `spor_`, 16 characters of `a-z0-9` that are its id, `_`, 43
/// characters of `A-Za-z0-9` that are secret: 256 bits, drawn from a cryptographic generator.
///
/// Only its SHA-256 is stored. A slow password hash would protect guessable secrets; this one
/// cannot be guessed from its hash, and each request pays for the hash.
final class KeySecret {
  static final String PREFIX = "spor_";
  static final int ID_LENGTH = 16;
  static final int LENGTH = PREFIX.length() + ID_LENGTH + 1 + 43;

  private static final String SECRET_ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final String ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final byte[] DOMAIN = "spor/api-key/v1\n".getBytes(StandardCharsets.US_ASCII);

  private KeySecret() {}

  static String make(SecureRandom random) {
    StringBuilder key = new StringBuilder(LENGTH).append(PREFIX);
    draw(key, ID_ALPHABET, ID_LENGTH, random);
    key.append('_');
    draw(key, SECRET_ALPHABET, LENGTH - key.length(), random);
    return key.toString();
  }

  /// @return whether it has the form of a key; says nothing of its being one
  static boolean wellFormed(String bearer) {
    if (bearer.length() != LENGTH
        || !bearer.startsWith(PREFIX)
        || bearer.charAt(PREFIX.length() + ID_LENGTH) != '_') {
      return false;
    }
    for (int i = PREFIX.length(); i < LENGTH; i++) {
      char c = bearer.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!plain && i != PREFIX.length() + ID_LENGTH) {
        return false;
      }
    }
    return true;
  }

  /// @param key well-formed
  static String id(String key) {
    return key.substring(PREFIX.length(), PREFIX.length() + ID_LENGTH);
  }

  /// @param key well-formed
  /// @return 32 bytes
  static byte[] hash(String key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(DOMAIN);
      return sha256.digest(key.getBytes(StandardCharsets.ISO_8859_1));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String encode(byte[] hash) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }

  static byte[] decode(String hash) {
    return Base64.getUrlDecoder().decode(hash);
  }

  private static void draw(StringBuilder to, String alphabet, int count, SecureRandom random) {
    for (int i = 0; i < count; i++) {
      to.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
  }
}
