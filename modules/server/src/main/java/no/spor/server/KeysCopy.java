package no.spor.server;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import no.spor.vault.EpochStore.Epoch;
import no.spor.vault.MovableKeys.Held;
import no.spor.vault.MovableKeys.Self;

/// Copies epochs, and keys as they are wrapped.
final class KeysCopy {
  private static final int AT_ONCE = 500;

  private KeysCopy() {}

  /// A target that knows more was used: what it has forgotten must not come back.
  static void requireNotAhead(CopiedStores source, CopiedStores target) {
    Self from = source.keys().self();
    Self to = target.keys().self();
    UUID id = source.keys().id();
    List<Epoch> known = source.epochs().epochs(id);
    boolean ahead = to.generation() > from.generation() || to.epoch() > from.epoch();
    for (Epoch there : target.epochs().epochs(id)) {
      ahead |=
          known.stream()
              .noneMatch(one ->
                  one.number() == there.number()
                      && (one.wrapped() == null || there.wrapped() != null));
    }
    if (ahead) {
      throw new IllegalDataDirectoryException(
          "the target was used since it was copied: choose one that is empty");
    }
  }

  /// @return how many there are, destroyed ones too
  static int epochs(CopiedStores source, CopiedStores target) {
    UUID id = source.keys().id();
    List<Epoch> all = source.epochs().epochs(id);
    for (Epoch one : all) {
      Epoch there = target.epochs().add(id, one);
      if (one.wrapped() == null && there.wrapped() != null) {
        target.epochs().destroy(id, one.number(), one.destroyedAtMillis());
      }
    }
    return all.size();
  }

  /// Anew each time: what the source has forgotten since must not stay.
  ///
  /// @return how many things there are
  static long keys(CopiedStores source, CopiedStores target) {
    target.keys().empty();
    List<Held> some = new ArrayList<>(AT_ONCE);
    long[] count = {0, 0};
    source
        .keys()
        .each(held -> {
          some.add(held);
          count[0]++;
          if (some.size() == AT_ONCE) {
            target.keys().put(some);
            some.clear();
          }
        });
    target.keys().put(some);
    target.keys().each(held -> count[1]++);
    if (count[0] != count[1]) {
      throw new IllegalDataDirectoryException(
          "the copy holds %d keys of %d: copy again".formatted(count[1], count[0]));
    }
    target.keys().become(source.keys().self());
    return count[0];
  }
}
