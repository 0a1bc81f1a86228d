package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import no.spor.vault.KeyStore.AccountClosing;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.NewAccount;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Lookup;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A key store of many people, filled in an order that makes SQLite divide its pages everywhere:
/// what is destroyed is in no byte of the files, and destroying does not take longer for that.
class KeysForgetAtSizeTest {
  private static final long SEED = Long.getLong("spor.seed", 20_261_122L);
  private static final int PEOPLE = Integer.getInteger("spor.people", 20_000);
  private static final int AT_ONCE = 500;
  private static final int DAYS = 3_000;

  private final Random random = new Random(SEED);
  private final List<NewPerson> people = new ArrayList<>();
  private final Map<Integer, WrappedKey> accounts = new HashMap<>();
  private final Map<PeriodId, WrappedKey> periods = new HashMap<>();
  private final List<Pseudonym> pseudonyms = new ArrayList<>();

  @TempDir Path temp;

  @Test
  void noCopyOfADestroyedKeyIsLeftWhereverPagesWereDivided() throws Exception {
    System.out.println("seed " + SEED);
    try (var directory = DataDirectory.open(temp);
        var store = SqliteKeyStore.open(directory, new UUID(1, 2))) {
      while (people.size() < PEOPLE) {
        fill(store);
      }
      var erased = random.ints(0, PEOPLE).distinct().limit(300).boxed().toList();
      var gone = new ArrayList<byte[]>();
      long[] nanos = new long[erased.size()];
      for (int i = 0; i < erased.size(); i++) {
        NewPerson person = people.get(erased.get(i));
        gone.add(body(person.history()));
        if (accounts.containsKey(erased.get(i))) {
          gone.add(body(accounts.get(erased.get(i))));
        }
        long before = System.nanoTime();
        store.erase(
            new Erasure(
                new UUID(9, i), "bygg-as", person.id(), person.ref().lookup(), i + 1, 1_000));
        nanos[i] = System.nanoTime() - before;
      }
      for (int closed :
          accounts.keySet().stream().filter(i -> !erased.contains(i)).limit(200).toList()) {
        store.closeAccount(
            new AccountClosing(
                new UUID(8, closed), "bygg-as", people.get(closed).id(), 1_000 + closed, 1_000));
        gone.add(body(accounts.get(closed)));
      }
      for (String retention : List.of("operations", "session")) {
        store.expire(new PeriodId.Series("bygg-as", retention, 1), DAYS / 2);
      }
      periods.forEach((period, key) -> {
        if (period.day() < DAYS / 2) {
          gone.add(body(key));
        }
      });
      Arrays.sort(nanos);
      System.out.printf(
          "%d people: erasing took %.1f ms at the median, %.1f ms at most%n",
          PEOPLE, nanos[nanos.length / 2] / 1e6, nanos[nanos.length - 1] / 1e6);
      assertThat(RawFiles.find(temp, gone)).isEmpty();
      var kept = people.stream().map(person -> body(person.history())).toList();
      assertThat(RawFiles.find(temp, kept)).hasSize(PEOPLE - erased.size());

      // Keys that are made later take the places that were emptied, and can be destroyed again.
      fill(store);
      int last = people.size() - 1;
      store.erase(
          new Erasure(new UUID(7, 7), "bygg-as", people.get(last).id(), null, 99_999, 1_000));
      assertThat(RawFiles.find(temp, List.of(body(people.get(last).history())))).isEmpty();

      // What leads to the people goes when their erasures are completed.
      for (int i = 0; i < erased.size(); i += 100) {
        store.finish(java.util.List.of(new UUID(9, i)));
        assertThat(RawFiles.find(temp, links(erased.get(i)))).isEmpty();
      }
    }
  }

  private void fill(SqliteKeyStore store) {
    var some = new ArrayList<NewPerson>();
    var names = new ArrayList<NewPseudonym>();
    for (int i = 0; i < AT_ONCE; i++) {
      var person =
          new NewPerson(
              new UUID(random.nextLong(), random.nextLong()),
              new PersonRef("bygg-as", Lookup.of(bytes(32))),
              key(),
              0);
      some.add(person);
      pseudonyms.add(Pseudonym.of(bytes(16)));
      names.add(new NewPseudonym(pseudonyms.getLast(), person.id(), false));
    }
    people.addAll(some);
    var late = new ArrayList<NewAccount>();
    for (int i = 0; i < AT_ONCE / 4; i++) {
      int whose = random.nextInt(people.size());
      WrappedKey key = key();
      if (accounts.putIfAbsent(whose, key) == null) {
        late.add(new NewAccount(people.get(whose).id(), key));
      }
    }
    var days = new HashMap<PeriodId, WrappedKey>();
    for (int i = 0; i < 100; i++) {
      var period =
          new PeriodId("bygg-as", i % 2 == 0 ? "session" : "operations", 1, random.nextInt(DAYS));
      WrappedKey key = key();
      if (periods.putIfAbsent(period, key) == null) {
        days.put(period, key);
      }
    }
    store.make(new NewKeys(Map.of(), some, late, days, names));
  }

  private List<byte[]> links(int person) {
    NewPerson who = people.get(person);
    return List.of(KeyRows.bytes(who.id()), pseudonyms.get(person).bytes());
  }

  /// Without version and epoch, which all keys have.
  private static byte[] body(WrappedKey key) {
    return Arrays.copyOfRange(key.bytes(), 5, WrappedKey.BYTES);
  }

  private WrappedKey key() {
    byte[] bytes = bytes(WrappedKey.BYTES);
    bytes[0] = 1;
    Arrays.fill(bytes, 1, 5, (byte) 0);
    return WrappedKey.of(bytes);
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
