package no.spor.vault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import javax.crypto.AEADBadTagException;

/// A root in a file: one line of text, `spor-root-1:` and 64 lowercase hexadecimal digits
/// (`FORMAT.md`, "Root file"). Thread-safe.
///
/// Who can read the file and copy the data can open everything that is not forgotten; who loses it
/// can open nothing.
public final class FileRootKey implements RootKey {
  static final String PREFIX = "spor-root-1:";
  private static final int FILE_BYTES = PREFIX.length() + 2 * Workbench.KEY_BYTES + 1;
  private static final byte KIND = 1;
  private static final int NONCE_AT = 1;
  private static final int CIPHERTEXT_AT = NONCE_AT + Workbench.NONCE_BYTES;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path file;
  private final boolean created;
  private final SecretBytes key;
  private final SecureRandom random;

  private FileRootKey(Path file, boolean created, SecretBytes key, SecureRandom random) {
    this.file = file;
    this.created = created;
    this.key = key;
    this.random = random;
  }

  /// Opens a root that is there.
  ///
  /// @throws WrongRootException where it is not there, is no root, or others than its owner may
  ///   read or change it
  public static FileRootKey open(Path file, SecureRandom random) {
    return open(file.toAbsolutePath(), false, random);
  }

  /// Opens the root, or makes one where there is no file, with mode 0600. It is complete and
  /// durable before it gets its name; of several that start at once, one makes it and all use that.
  ///
  /// For a first start only: where keys exist already, a missing root must not be replaced by a
  /// fresh one; use [#open] then.
  public static FileRootKey openOrCreate(Path file, SecureRandom random) {
    Path absolute = file.toAbsolutePath();
    boolean created = false;
    try {
      if (!Files.exists(absolute)) {
        created = create(absolute, random);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the root cannot be made at " + absolute, e);
    }
    return open(absolute, created, random);
  }

  private static FileRootKey open(Path file, boolean created, SecureRandom random) {
    byte[] text = new byte[0];
    try {
      refuseOpenToOthers(file);
      if (Files.size(file) != FILE_BYTES) {
        throw noRoot(file);
      }
      text = Files.readAllBytes(file);
      return new FileRootKey(file, created, parse(file, text), random);
    } catch (NoSuchFileException e) {
      throw new WrongRootException("there is no root at " + file, e);
    } catch (IOException e) {
      throw new UncheckedIOException("the root at " + file + " cannot be read", e);
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  static void refuseOpenToOthers(Path file) throws IOException {
    Set<PosixFilePermission> permissions;
    try {
      permissions = Files.getPosixFilePermissions(file);
    } catch (UnsupportedOperationException e) {
      return; // this file system has no modes: the notice says who must be kept out
    }
    if (!EnumSet.of(PosixFilePermission.OWNER_EXECUTE).containsAll(without(permissions))) {
      throw new WrongRootException(
          "the root at "
              + file
              + " is open to others than its owner: chmod 600 it, and think about who may have copied it");
    }
  }

  private static Set<PosixFilePermission> without(Set<PosixFilePermission> permissions) {
    Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
    others.addAll(permissions);
    others.removeAll(OWNER_ONLY);
    return others;
  }

  private static SecretBytes parse(Path file, byte[] text) {
    byte[] prefix = PREFIX.getBytes(StandardCharsets.US_ASCII);
    if (text.length != FILE_BYTES
        || !Arrays.equals(text, 0, prefix.length, prefix, 0, prefix.length)
        || text[FILE_BYTES - 1] != '\n') {
      throw noRoot(file);
    }
    byte[] key = new byte[Workbench.KEY_BYTES];
    for (int i = 0; i < key.length; i++) {
      int high = digit(text[prefix.length + 2 * i]);
      int low = digit(text[prefix.length + 2 * i + 1]);
      if (high < 0 || low < 0) {
        Arrays.fill(key, (byte) 0);
        throw noRoot(file);
      }
      key[i] = (byte) (high << 4 | low);
    }
    return SecretBytes.owning(key);
  }

  private static int digit(byte character) {
    return character >= 'A' && character <= 'F' || !HexFormat.isHexDigit(character)
        ? -1
        : HexFormat.fromHexDigit(character);
  }

  private static WrongRootException noRoot(Path file) {
    return new WrongRootException(
        "the file at "
            + file
            + " is no root: it must be one line of "
            + (FILE_BYTES - 1)
            + " characters that begins with "
            + PREFIX);
  }

  /// @return false where another was faster
  private static boolean create(Path file, SecureRandom random) throws IOException {
    Path folder = Objects.requireNonNull(file.getParent(), "the file system's root is no file");
    byte[] suffix = new byte[8];
    random.nextBytes(suffix);
    Path fresh = folder.resolve(file.getFileName() + "." + HexFormat.of().formatHex(suffix));
    byte[] text = freshText(random);
    try {
      try (FileChannel channel = openFresh(fresh)) {
        ByteBuffer bytes = ByteBuffer.wrap(text);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      try {
        Files.createLink(file, fresh); // a link never replaces what is there, a rename would
      } catch (UnsupportedOperationException e) {
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      }
      syncFolder(folder);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Arrays.fill(text, (byte) 0);
      Files.deleteIfExists(fresh);
    }
  }

  private static byte[] freshText(SecureRandom random) {
    byte[] text = new byte[FILE_BYTES];
    byte[] prefix = PREFIX.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(prefix, 0, text, 0, prefix.length);
    byte[] key = new byte[Workbench.KEY_BYTES];
    random.nextBytes(key);
    for (int i = 0; i < key.length; i++) {
      text[prefix.length + 2 * i] = (byte) Character.forDigit(key[i] >> 4 & 0xf, 16);
      text[prefix.length + 2 * i + 1] = (byte) Character.forDigit(key[i] & 0xf, 16);
    }
    Arrays.fill(key, (byte) 0);
    text[FILE_BYTES - 1] = '\n';
    return text;
  }

  private static FileChannel openFresh(Path fresh) throws IOException {
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      return FileChannel.open(fresh, options, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (UnsupportedOperationException e) {
      return FileChannel.open(fresh, options);
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (java.nio.file.AccessDeniedException e) {
      // Windows opens no folder; its file systems journal the name by themselves.
    }
  }

  @Override
  public byte[] wrap(SecretBytes secret, byte[] aad) {
    byte[] plain = secret.exposedCopy();
    byte[] nonce = new byte[Workbench.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] out = new byte[CIPHERTEXT_AT + plain.length + Workbench.TAG_BYTES];
    out[0] = KIND;
    System.arraycopy(nonce, 0, out, NONCE_AT, nonce.length);
    try {
      new Workbench().encrypt(key, nonce, plain, plain.length, out, CIPHERTEXT_AT, aad);
      return out;
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  @Override
  public SecretBytes unwrap(byte[] wrapped, byte[] aad) {
    if (wrapped.length != CIPHERTEXT_AT + Workbench.KEY_BYTES + Workbench.TAG_BYTES
        || wrapped[0] != KIND) {
      throw new WrongRootException("the epoch keys were not wrapped by a root file");
    }
    try {
      return SecretBytes.owning(
          new Workbench().decrypt(key, wrapped, NONCE_AT, CIPHERTEXT_AT, aad));
    } catch (AEADBadTagException e) {
      throw new WrongRootException(
          "the root at "
              + file
              + " does not open the epoch keys: it is the root of other data, or the epoch store was changed",
          e);
    }
  }

  @Override
  public String notice() {
    return (created ? "a root key was made at " : "the root key lies at ")
        + file
        + ". Keep a copy of it apart from the data and from every backup: without it nothing personal can be read, and who has it and a copy of the data can read everything that is not forgotten.";
  }

  @Override
  public boolean created() {
    return created;
  }

  @Override
  public void close() {
    key.close();
  }

  @Override
  public String toString() {
    return "FileRootKey[" + file + "]";
  }
}
