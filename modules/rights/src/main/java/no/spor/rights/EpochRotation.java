package no.spor.rights;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// Opens a new epoch of the key store every so often and destroys the one before: from then on
/// every older copy of the key store is dead, also for those who hold the root. Until then a copy
/// from before an erasure can open what was erased: that time is the *erasure horizon*.
///
/// Can be killed at any point; the next rotation finishes. Thread-safe; several nodes may do the
/// same at once.
public final class EpochRotation implements AutoCloseable {
  private static final Logger LOG = System.getLogger(EpochRotation.class.getName());
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final Duration RETRY = Duration.ofMinutes(1);

  /// How much later than planned is said to be late.
  private static final Duration GRACE = Duration.ofDays(1);

  /// How old an epoch may grow where none is planned before that is said to be late.
  private static final Duration UNPLANNED = Duration.ofDays(31);

  private final Vault vault;
  private final InstantSource clock;
  private final Duration lasts;
  private final RecurringWork work;

  /// @param lasts how long an epoch lasts; zero where it ends only when told
  public EpochRotation(Vault vault, InstantSource clock, Duration lasts) {
    this.vault = vault;
    this.clock = clock;
    this.lasts = lasts;
    this.work = new RecurringWork("epoch-rotation", this::rotateWhenDue);
  }

  /// How long what is forgotten now can still be opened with an older copy of the keys.
  ///
  /// @param epoch the one that is open
  /// @param openedAt when it was opened: every copy from before is dead, unless `unfinished`
  /// @param rotatesAt when the next is opened; null where that is not planned
  /// @param left the erasure horizon: from now to then; null where that is not planned
  /// @param unfinished whether an epoch before still stands: a rotation was interrupted
  /// @param late whether the rotation is overdue by a day or, where none is planned, the epoch
  ///   older than 31 days
  public record Horizon(
      int epoch,
      Instant openedAt,
      @Nullable Instant rotatesAt,
      @Nullable Duration left,
      boolean unfinished,
      boolean late) {}

  public Horizon horizon() {
    Vault.Epochs epochs = vault.epochs();
    Instant now = clock.instant();
    if (lasts.isZero()) {
      boolean late = epochs.openedAt().plus(UNPLANNED).isBefore(now);
      return new Horizon(epochs.open(), epochs.openedAt(), null, null, epochs.unfinished(), late);
    }
    Instant rotatesAt = epochs.openedAt().plus(lasts);
    Duration left = Duration.between(now, rotatesAt);
    return new Horizon(
        epochs.open(),
        epochs.openedAt(),
        rotatesAt,
        left.isNegative() ? Duration.ZERO : left,
        epochs.unfinished(),
        rotatesAt.plus(GRACE).isBefore(now));
  }

  /// Rotates now. When this returns, every older copy of the key store is dead; a copy of the epoch
  /// store from before would bring it back, so there must be none but the escrow copy, which is to
  /// be replaced now.
  public synchronized Horizon rotate() {
    vault.rotateEpochs();
    Horizon horizon = horizon();
    LOG.log(
        Level.INFO,
        "Epoch {0} is open: older copies of the keys are dead. Replace the escrow copy of the epochs.",
        Integer.toString(horizon.epoch()));
    return horizon;
  }

  /// Begins to rotate by itself.
  public EpochRotation start() {
    work.start();
    return this;
  }

  private Duration rotateWhenDue() {
    try {
      return rotateIfDue();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "The epoch cannot be rotated now; it is tried again.", e);
      return RETRY;
    }
  }

  /// @return how long nothing is to be done
  private Duration rotateIfDue() {
    Horizon horizon = horizon();
    Duration left = horizon.left();
    if (horizon.unfinished() || (left != null && left.isZero())) {
      rotate();
      return LONGEST_PAUSE;
    }
    if (horizon.late()) {
      LOG.log(
          Level.WARNING,
          "Epoch {0} was opened at {1} and no rotation is planned: what was erased since can be opened with older copies of the keys (spor key rotate-epoch).",
          Integer.toString(horizon.epoch()),
          horizon.openedAt());
    }
    return left == null || left.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : left.plusSeconds(1);
  }

  /// Waits for a rotation that is under way.
  @Override
  public void close() {
    work.close();
  }
}
