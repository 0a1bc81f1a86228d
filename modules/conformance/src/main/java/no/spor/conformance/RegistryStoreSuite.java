package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import no.spor.tenancy.RegistryStore;
import no.spor.tenancy.RegistryStore.Entry;
import no.spor.tenancy.RegistryStore.Mark;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [RegistryStore] promises. A fixture never skips.
public abstract class RegistryStoreSuite {
  private static final UUID LEDGER = new UUID(1, 2);

  private RegistryStore store;

  /// @return an empty store
  protected abstract RegistryStore open();

  /// @return the same store, closed and opened again
  protected abstract RegistryStore reopen(RegistryStore store);

  @BeforeEach
  void openStore() {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void whatWasSavedIsThereAfterReopeningByteForByte() {
    assertThat(store.mark()).isEmpty();
    assertThat(store.entries()).isEmpty();
    byte[] every = new byte[256];
    IntStream.range(0, 256).forEach(i -> every[i] = (byte) i);
    byte[] large = new byte[600 * 1024];
    new Random(7).nextBytes(large);
    store.save(
        List.of(
            new Entry("tenant", "a", every),
            new Entry("key", "a", new byte[0]),
            new Entry("tenant", "b", large)),
        mark(1, 42, 7));
    store = reopen(store);
    assertMark(mark(1, 42, 7));
    assertThat(dump()).containsOnlyKeys("tenant/a", "key/a", "tenant/b");
    assertThat(dump().get("tenant/a")).isEqualTo(every);
    assertThat(dump().get("key/a")).isEmpty();
    assertThat(dump().get("tenant/b")).isEqualTo(large);
  }

  @Test
  void aLaterEntryReplacesTheFormerOfTheSameKindAndId() {
    store.save(List.of(entry("tenant", "a", "one"), entry("key", "a", "k")), mark(1, 0, 0));
    store.save(List.of(entry("tenant", "a", "two")), mark(1, 5, 5));
    store.save(List.of(entry("key", "c", "x"), entry("key", "c", "y")), mark(1, 6, 6));
    assertThat(texts()).containsExactly("key/a=k", "key/c=y", "tenant/a=two");
    assertMark(mark(1, 6, 6));
  }

  @Test
  void theMarkMovesAlone() {
    store.save(List.of(entry("tenant", "a", "one")), mark(1, 1, 1));
    store.save(List.of(), mark(3, Long.MAX_VALUE, 9));
    store = reopen(store);
    assertMark(mark(3, Long.MAX_VALUE, 9));
    assertThat(texts()).containsExactly("tenant/a=one");
  }

  @Test
  void clearingLeavesNothing() {
    store.save(List.of(entry("tenant", "a", "one")), mark(1, 1, 1));
    store.clear();
    assertThat(store.mark()).isEmpty();
    assertThat(store.entries()).isEmpty();
    store = reopen(store);
    assertThat(store.mark()).isEmpty();
    assertThat(store.entries()).isEmpty();
    store.save(List.of(entry("tenant", "b", "two")), mark(1, 2, 2));
    assertThat(texts()).containsExactly("tenant/b=two");
  }

  @Test
  void idsAreComparedByCodePoint() {
    store.save(
        List.of(
            entry("key", "a", "1"),
            entry("key", "A", "2"),
            entry("key", "å", "3"),
            entry("key", "a\u030a", "4"),
            entry("key", "a ", "5")),
        mark(1, 1, 1));
    assertThat(store.entries()).hasSize(5);
  }

  @Test
  void takesThousandsOfEntries() {
    List<Entry> entries =
        IntStream.range(0, 5_000).mapToObj(i -> entry("key", "k" + i, "v" + i)).toList();
    store.save(entries, mark(1, 9, 9));
    store = reopen(store);
    assertThat(store.entries()).hasSize(5_000);
    assertThat(dump().get("key/k4999")).isEqualTo("v4999".getBytes(StandardCharsets.UTF_8));
  }

  private static Mark mark(int form, long block, int fill) {
    byte[] hash = new byte[32];
    Arrays.fill(hash, (byte) fill);
    return new Mark(form, LEDGER, block, hash);
  }

  private void assertMark(Mark expected) {
    assertThat(store.mark()).isPresent();
    assertThat(store.mark().orElseThrow()).usingRecursiveComparison().isEqualTo(expected);
  }

  private static Entry entry(String kind, String id, String value) {
    return new Entry(kind, id, value.getBytes(StandardCharsets.UTF_8));
  }

  private TreeMap<String, byte[]> dump() {
    TreeMap<String, byte[]> dump = new TreeMap<>();
    store.entries().forEach(entry -> dump.put(entry.kind() + "/" + entry.id(), entry.value()));
    return dump;
  }

  private List<String> texts() {
    return dump().entrySet().stream()
        .map(entry -> entry.getKey() + "=" + new String(entry.getValue(), StandardCharsets.UTF_8))
        .toList();
  }
}
