package no.spor.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.BlockHead;
import no.spor.ledger.BlockReader;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.verify.BlockSource;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.Verifier;
import no.spor.rights.KeyStoreFollower;
import no.spor.server.backup.BackupException;
import no.spor.server.backup.Backups;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteEpochStore;
import no.spor.storage.sqlite.SqliteKeyStore;
import no.spor.storage.sqlite.SqliteLedgerStore;
import no.spor.vault.Opened;
import no.spor.vault.RootKey;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;

/// Proves that a backup can be used, without touching the system that runs: puts it into a folder
/// of its own, verifies every block, lets the keys read their way forward as at a start, opens
/// parts of events drawn from all of it, and throws the folder away. Nothing is recorded, signed or
/// published.
public final class RestoreDrill {
  private static final int MOST_OPENED = 2_000;

  private RestoreDrill() {}

  /// @param opened parts of the sample that opened
  /// @param forgotten parts of the sample that are erased, expired or dropped
  public record Proof(long blocks, long events, long opened, long forgotten) {}

  /// @param epochs a copy of the epoch keys that belong to the backup
  /// @param root the root key's file
  /// @param folder where there is room for the copies; a folder made in it is deleted at the end
  /// @throws BackupException where the backup is of no use; the message says why
  public static Proof run(Path backup, Path epochs, Path root, Path folder, InstantSource clock) {
    try {
      Files.createDirectories(folder);
      Path data = Files.createTempDirectory(folder, "spor-drill");
      try {
        Backups.restore(backup, data, EnumSet.allOf(Backups.Half.class), epochs);
        return prove(data, root, clock);
      } finally {
        delete(data);
      }
    } catch (IOException e) {
      throw new BackupException("the drill needs a folder with room: " + e.getMessage(), e);
    }
  }

  private static Proof prove(Path data, Path rootFile, InstantSource clock) {
    SecureRandom random = new SecureRandom();
    UUID unused = new UUID(0, 0);
    try (DataDirectory directory = DataDirectory.open(data);
        SqliteLedgerStore blocks = SqliteLedgerStore.open(directory, unused);
        RootKey root = RootKey.open(rootFile, false, System.getenv("SPOR_ROOT_PIN"), random);
        SqliteKeyStore keys = SqliteKeyStore.open(directory, unused);
        SqliteEpochStore epochs = SqliteEpochStore.open(directory);
        Vault vault =
            Vault.open(keys, epochs, root, blocks.ledger(), VaultOptions.DEFAULTS, clock, random);
        KeyStoreFollower follower = new KeyStoreFollower(keys, vault, new SealedPayloads(vault))) {
      Report report = Verifier.of(BlockSource.of(blocks)).run();
      if (!report.sound()) {
        throw new BackupException("the backup's ledger is not sound: " + report.counts());
      }
      blocks
          .newest()
          .ifPresent(head -> vault.expect(head.keys().keyStore(), head.keys().generation()));
      follower.start(blocks);
      return sample(blocks, vault, report);
    } catch (BackupException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new BackupException("the backup cannot be used: " + e.getMessage(), e);
    }
  }

  private static Proof sample(LedgerStore blocks, Vault vault, Report report) {
    long count = blocks.newest().map(BlockHead::number).orElse(-1L) + 1;
    long step = Math.max(1, count / 100);
    long opened = 0;
    long forgotten = 0;
    for (long block = 0; block < count && opened + forgotten < MOST_OPENED; block += step) {
      List<LedgerRecord> records = new BlockReader(blocks.blocks(block, 1).getFirst()).records();
      for (LedgerRecord record : records.subList(0, Math.min(20, records.size()))) {
        for (int part = 0; part < record.parts().size(); part++) {
          if (opens(vault, record, part)) {
            opened++;
          } else {
            forgotten++;
          }
        }
      }
    }
    return new Proof(report.blocks(), report.records(), opened, forgotten);
  }

  private static boolean opens(Vault vault, LedgerRecord record, int part) {
    if (!(record.parts().get(part) instanceof RecordPart.Kept(byte[] bytes))) {
      return false;
    }
    HeaderBody header = HeaderBodyCodec.decode(record.body());
    return switch (vault.open(header, record.body(), part, bytes)) {
      case Opened.Clear ignored -> true;
      case Opened.Erased ignored -> false;
      case Opened.Expired ignored -> false;
      case Opened.Damaged ignored ->
          throw new BackupException(
              "part " + part + " of the record at position " + record.position() + " is damaged");
    };
  }

  private static void delete(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
