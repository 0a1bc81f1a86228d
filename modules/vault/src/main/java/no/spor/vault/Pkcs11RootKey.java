package no.spor.vault;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/// A root on a token that speaks PKCS#11 (a hardware security module, SoftHSM): an AES-256 key that
/// never leaves it; epoch keys go there to be wrapped and unwrapped. Thread-safe.
///
/// The root file says where it is (`FORMAT.md`, "Root on a token") and holds no secret: the PIN
/// lies in a file of its own or in the environment variable `SPOR_ROOT_PIN`. Who can write the root
/// file names a library that this process runs; so nobody but its owner may.
final class Pkcs11RootKey implements RootKey {
  private static final byte[] BEGINNING = FormatText.ascii("spor-root-pkcs11-1\n");
  private static final byte KIND = 2;
  private static final int NONCE_AT = 1;
  private static final int CIPHERTEXT_AT = NONCE_AT + Workbench.NONCE_BYTES;
  private static final int WRAPPED_BYTES =
      CIPHERTEXT_AT + Workbench.KEY_BYTES + Workbench.TAG_BYTES;
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_.-]{1,32}");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private final Path file;
  private final String label;
  private final boolean created;
  private final Provider provider;
  private final Key key;
  private final SecureRandom random;

  private Pkcs11RootKey(
      Path file, String label, boolean created, Provider provider, Key key, SecureRandom random) {
    this.file = file;
    this.label = label;
    this.created = created;
    this.provider = provider;
    this.key = key;
    this.random = random;
  }

  /// @return whether the file names a token, rather than be a root itself or be missing
  static boolean isNamedBy(Path file) {
    byte[] beginning = new byte[0];
    try (InputStream in = Files.newInputStream(file)) {
      beginning = in.readNBytes(BEGINNING.length);
      return Arrays.equals(beginning, BEGINNING);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("the root at " + file + " cannot be read", e);
    } finally {
      Arrays.fill(beginning, (byte) 0);
    }
  }

  /// @param first whether the key may be made where the token has none
  /// @param pin from the environment; null where the file must name one
  static Pkcs11RootKey open(Path file, boolean first, @Nullable String pin, SecureRandom random) {
    Map<String, String> settings = settings(file);
    String label = setting(file, settings, "key", LABEL);
    Provider provider = provider(file, settings, label);
    char[] secret = pin(file, settings.get("pin-file"), pin);
    try {
      KeyStore token = KeyStore.getInstance("PKCS11", provider);
      token.load(null, secret);
      boolean makes = first && !token.containsAlias(label);
      if (makes) {
        KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
        generator.init(8 * Workbench.KEY_BYTES);
        generator.generateKey();
        token.load(null, secret);
      }
      Key key = token.getKey(label, null);
      if (key == null) {
        throw new WrongRootException(
            "the token that " + file + " names has no secret key labelled " + label);
      }
      return new Pkcs11RootKey(file, label, makes, provider, key, random);
    } catch (GeneralSecurityException | ProviderException | IOException e) {
      throw new WrongRootException(
          "the token that "
              + file
              + " names does not let us in, or cannot do AES: is the PIN right?",
          e);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static Map<String, String> settings(Path file) {
    Map<String, String> settings = new HashMap<>();
    try {
      FileRootKey.refuseOpenToOthers(file);
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        int at = line.indexOf('=');
        if (at > 0 && !line.startsWith("#")) {
          settings.put(line.substring(0, at).strip(), line.substring(at + 1).strip());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the root at " + file + " cannot be read", e);
    }
    return settings;
  }

  private static String setting(
      Path file, Map<String, String> settings, String name, Pattern allowed) {
    String value = settings.getOrDefault(name, "");
    if (!allowed.matcher(value).matches()) {
      throw new WrongRootException(
          "the root at " + file + " needs a line `" + name + " = …` with a sound value");
    }
    return value;
  }

  private static Provider provider(Path file, Map<String, String> settings, String label) {
    Provider known = Security.getProvider("SunPKCS11");
    if (known == null) {
      throw new WrongRootException("this JDK has no SunPKCS11, which a root on a token needs");
    }
    String library = setting(file, settings, "library", Pattern.compile("/[^\"]+"));
    String slot =
        settings.containsKey("slot-index")
            ? "slotListIndex=" + setting(file, settings, "slot-index", NUMBER)
            : "slot=" + setting(file, settings, "slot", NUMBER);
    // The token's own generator, a key that stays there, under the label.
    String configuration =
        """
        --name=spor-%s
        library="%s"
        %s
        attributes(generate,CKO_SECRET_KEY,CKK_AES)={
        CKA_TOKEN=true
        CKA_PRIVATE=true
        CKA_SENSITIVE=true
        CKA_EXTRACTABLE=false
        CKA_ENCRYPT=true
        CKA_DECRYPT=true
        CKA_LABEL=0h%s
        }
        """
            .formatted(
                label,
                library,
                slot,
                HexFormat.of().formatHex(label.getBytes(StandardCharsets.US_ASCII)));
    try {
      return known.configure(configuration);
    } catch (ProviderException | IllegalArgumentException e) {
      throw new WrongRootException(
          "the library or the slot that " + file + " names cannot be used: " + library, e);
    }
  }

  private static char[] pin(Path file, @Nullable String pinFile, @Nullable String pin) {
    if (pinFile != null) {
      Path path = file.resolveSibling(pinFile);
      try {
        FileRootKey.refuseOpenToOthers(path);
        return Files.readString(path).strip().toCharArray();
      } catch (IOException e) {
        throw new WrongRootException("there is no PIN at " + path, e);
      }
    }
    if (pin == null || pin.isEmpty()) {
      throw new WrongRootException(
          "the root at " + file + " needs a PIN: a line `pin-file = …`, or SPOR_ROOT_PIN");
    }
    return pin.toCharArray();
  }

  @Override
  public byte[] wrap(SecretBytes secret, byte[] aad) {
    byte[] nonce = new byte[Workbench.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain = secret.exposedCopy();
    byte[] out = new byte[WRAPPED_BYTES];
    out[0] = KIND;
    System.arraycopy(nonce, 0, out, NONCE_AT, nonce.length);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, aad);
      cipher.doFinal(plain, 0, plain.length, out, CIPHERTEXT_AT);
      return out;
    } catch (GeneralSecurityException | ProviderException e) {
      throw new KeysUnavailableException("the token does not wrap: " + file, e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  @Override
  public SecretBytes unwrap(byte[] wrapped, byte[] aad) {
    if (wrapped.length != WRAPPED_BYTES || wrapped[0] != KIND) {
      throw new WrongRootException("the epoch keys were not wrapped by a root on a token");
    }
    try {
      byte[] nonce = Arrays.copyOfRange(wrapped, NONCE_AT, CIPHERTEXT_AT);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, nonce, aad);
      return SecretBytes.owning(
          cipher.doFinal(wrapped, CIPHERTEXT_AT, WRAPPED_BYTES - CIPHERTEXT_AT));
    } catch (AEADBadTagException e) {
      throw new WrongRootException(
          "the key "
              + label
              + " on the token that "
              + file
              + " names does not open the epoch keys: it is the root of other data, or the epoch store was changed",
          e);
    } catch (GeneralSecurityException | ProviderException e) {
      throw new KeysUnavailableException("the token does not unwrap: " + file, e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, byte[] aad) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, key, new GCMParameterSpec(8 * Workbench.TAG_BYTES, nonce));
    cipher.updateAAD(aad);
    return cipher;
  }

  @Override
  public String notice() {
    return (created ? "a root key was made" : "the root key lies")
        + " on the token that "
        + file
        + " names, labelled "
        + label
        + ". Back it up as the token allows: without it nothing personal can be read.";
  }

  @Override
  public boolean created() {
    return created;
  }

  /// The token stays logged in: other roots of this process may lie on it.
  @Override
  public void close() {}

  @Override
  public String toString() {
    return "Pkcs11RootKey[" + file + "]";
  }
}
