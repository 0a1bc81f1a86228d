package no.spor.vault;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a content key is found by. A class and no record, so that it hashes once.
final class ContentKeyId {
  private static final UUID NOBODY = new UUID(0, 0);

  private final KeyKind kind;
  private final UUID person;
  private final PeriodId period;
  private final int hash;

  /// @param person null where the kind is nobody's
  /// @param period class, version and day are empty where the kind is not of a period
  ContentKeyId(KeyKind kind, @Nullable PersonEntry person, PeriodId period) {
    this.kind = kind;
    this.person = person == null ? NOBODY : person.id();
    this.period = period;
    this.hash =
        (this.person.hashCode() * 31 + period.day()) * 31
            + kind.code()
            + period.tenant().hashCode();
  }

  /// One person's keys lie together, so that an erasure finds them; nobody's lie apart.
  int group() {
    return person.equals(NOBODY) ? hash : person.hashCode();
  }

  KeyKind kind() {
    return kind;
  }

  UUID person() {
    return person;
  }

  PeriodId period() {
    return period;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ContentKeyId that
        && hash == that.hash
        && kind == that.kind
        && person.equals(that.person)
        && (period == that.period || period.equals(that.period));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
