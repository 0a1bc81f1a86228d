package no.spor.rights;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.FurtherParts.FurtherPart;
import no.spor.rights.RightsCommand.SayAgain;
import no.spor.rights.RightsEvent.PersonErased;
import no.spor.vault.EpochStore.Forgotten;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Lookup;
import no.spor.vault.Vault;

/// A ledger that was put back to an earlier point on purpose does not say any more what was
/// forgotten after that point, and keys that were put back with it have forgotten nothing of it.
/// What was noted apart from both ([Vault#forgotten]) is said again here, before anything is
/// served: recorded, erased and fenced once more. Thread-safe; harmless to repeat.
public final class ForgottenAgain {
  private static final Duration WRITTEN_WITHIN = Duration.ofMinutes(1);

  private final Commands commands;
  private final Vault vault;
  private final ErasureRegister register;
  private final KeyStoreFollower follower;

  public ForgottenAgain(
      Commands commands, Vault vault, ErasureRegister register, KeyStoreFollower follower) {
    this.commands = commands;
    this.vault = vault;
    this.register = register;
    this.follower = follower;
  }

  /// When this returns, the ledger says and the key store has forgotten what was noted.
  ///
  /// @return how many erasures and closings were said again
  /// @throws KeysUnavailableException where the key store is behind, so that nothing can be
  ///   recorded, and opened, either
  public int say() {
    Map<UUID, List<Forgotten>> missing = new LinkedHashMap<>();
    for (Forgotten one : vault.forgotten()) {
      if (!register.find(one.job().toString(), known -> known.lastPosition >= 0).orElse(false)) {
        missing.computeIfAbsent(one.job(), job -> new ArrayList<>()).add(one);
      }
    }
    missing.forEach((job, all) -> commands.send(again(job.toString(), all)));
    if (!missing.isEmpty() && !follower.awaitWritten(WRITTEN_WITHIN)) {
      throw new KeysUnavailableException("what was forgotten cannot be written to the key store");
    }
    return missing.size();
  }

  private static SayAgain again(String job, List<Forgotten> all) {
    List<PersonErased> erasures = new ArrayList<>();
    String closed = null;
    for (Forgotten one : all) {
      UUID person = one.person();
      Lookup fence = one.fence();
      if (one.account()) {
        closed = person == null ? null : person.toString();
      } else {
        erasures.add(
            new PersonErased(
                one.tenant(),
                job,
                person == null ? null : person.toString(),
                fence == null ? List.of() : List.of(FurtherPart.fence(fence.bytes()))));
      }
    }
    return new SayAgain(job, all.getFirst().tenant(), erasures, closed);
  }
}
