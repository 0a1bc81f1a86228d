package no.spor.ledger.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.identity.CheckpointsForTest;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A log and its witnesses, over HTTP: they come, go, answer nonsense, and remember.
class WitnessesOverHttpTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  @TempDir Path folder;
  private final SampleLog log = new SampleLog("log.example/a");
  private final CheckpointsForTest store = new CheckpointsForTest();
  private final AtomicReference<Submission> head = new AtomicReference<>(log.submission(1));
  private final List<AutoCloseable> open = new ArrayList<>();

  private final class Running {
    final NoteVerifier key;
    WitnessServer server;
    WitnessFolder kept;
    final String name;

    Running(String name) throws IOException {
      this.name = name;
      this.key = start(0);
    }

    NoteVerifier start(int port) throws IOException {
      kept = WitnessFolder.open(folder.resolve(name));
      NoteKey made = kept.key("witness.example/" + name, new SecureRandom());
      Witness witness = new Witness(List.of(log.key()), kept, made.signer(InstantSource.system()));
      server =
          WitnessServer.start(
              witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      open.add(this::stop);
      return made.verifier();
    }

    void stop() throws IOException {
      server.close();
      kept.close();
    }

    WitnessAddress address() {
      return new WitnessAddress(URI.create("http://127.0.0.1:" + server.port()), key);
    }

    WitnessClient client() {
      return new WitnessClient(address(), TIMEOUT);
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private void cosign(WitnessClient... witnesses) {
    open.add(
        new Cosigning(
            List.of(witnesses), head::get, store, InstantSource.system(), Duration.ofMillis(20)));
  }

  private void awaitCosigned(long size, NoteVerifier... keys) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(store.cosigned(log.origin)).isPresent();
          Published cosigned = store.cosigned(log.origin).orElseThrow();
          assertThat(cosigned.checkpoint().size()).isEqualTo(size);
          SignedNote note = SignedNote.parse(cosigned.note());
          assertThat(note.signaturesOf(List.of(keys))).hasSize(keys.length);
          assertThat(note.verifiedBy(List.of(log.key()))).hasSize(1);
        });
  }

  @Test
  void twoWitnessesCosignWhatIsPublishedAsItGrows() throws Exception {
    Running one = new Running("w1");
    Running two = new Running("w2");
    cosign(one.client(), two.client());
    for (int size : new int[] {1, 2, 30, 31}) {
      head.set(log.submission(size));
      awaitCosigned(size, one.key, two.key);
    }
    for (Running witness : List.of(one, two)) {
      SignedNote shown = witness.client().newest(log.origin, List.of(log.key())).orElseThrow();
      assertThat(shown.text()).isEqualTo(head.get().published().checkpoint().text());
    }
  }

  @Test
  void aWitnessThatGoesAwayIsMissedAndCatchesUpWhenItComesBack() throws Exception {
    Running one = new Running("w1");
    Running two = new Running("w2");
    cosign(one.client(), two.client());
    awaitCosigned(1, one.key, two.key);
    int port = two.server.port();
    two.stop();
    head.set(log.submission(9));
    awaitCosigned(9, one.key);
    two.start(port);
    awaitCosigned(9, one.key, two.key);
  }

  @Test
  void aLogThatIsStartedAnewFindsOutWhereTheWitnessIs() throws Exception {
    Running one = new Running("w1");
    try (WitnessClient before = one.client()) {
      assertThat(before.submit(log.request(0, 40)))
          .isInstanceOf(WitnessClient.Answer.Cosigned.class);
    }
    head.set(log.submission(55));
    cosign(one.client());
    awaitCosigned(55, one.key);
  }

  @Test
  void aSplitViewGetsNoCosignature() throws Exception {
    Running one = new Running("w1");
    try (WitnessClient client = one.client()) {
      client.submit(log.request(0, 40));
      SampleLog lie = log.splitAt(20);
      assertThat(client.submit(lie.request(40, 50)))
          .isEqualTo(new WitnessClient.Answer.Refused(422));
      head.set(lie.submission(50));
      cosign(one.client());
      head.set(log.submission(60));
      awaitCosigned(60, one.key);
    }
  }

  @Test
  void answersThatAreNoneAreNotTakenForOne() throws Exception {
    Running one = new Running("w1");
    SampleLog other = new SampleLog("log.example/other");
    AtomicReference<Object[]> answer = new AtomicReference<>();
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer false1 =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    open.add(() -> false1.stop(0));
    false1.createContext(
        "/",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] body = ((String) answer.get()[1]).getBytes(StandardCharsets.UTF_8);
          if (((int) answer.get()[0]) == 302) {
            exchange.getResponseHeaders().set("Location", one.address().url() + "/add-checkpoint");
          }
          exchange.sendResponseHeaders((int) answer.get()[0], body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    false1.start();
    URI url = URI.create("http://127.0.0.1:" + false1.getAddress().getPort());
    NoteKey stranger =
        NoteKey.generate("witness.example/w1", KeyType.COSIGNATURE, new SecureRandom());
    String strangers =
        stranger
            .signer(InstantSource.system())
            .sign(SignedNote.parse(log.checkpoint(3)).text())
            .line();
    Object[][] answers = {
      {200, ""},
      {200, "nonsense\n"},
      {200, strangers},
      {200, strangers.repeat(2000)},
      {200, SignedNote.parse(log.checkpoint(3)).signatures().getFirst().line()},
      {302, ""},
      {409, ""},
      {409, "-1\n"},
      {409, "12345678901234567890\n"},
      {500, "x"},
    };
    try (WitnessClient client = new WitnessClient(new WitnessAddress(url, one.key), TIMEOUT)) {
      for (Object[] one1 : answers) {
        answer.set(one1);
        assertThat(client.submit(log.request(0, 3)))
            .as("%s %s", one1)
            .isInstanceOf(WitnessClient.Answer.Unavailable.class);
      }
      answer.set(new Object[] {200, other.checkpoint(3)});
      assertThatThrownBy(() -> client.newest(log.origin, List.of(log.key())))
          .isInstanceOf(IOException.class);
      answer.set(new Object[] {200, log.checkpoint(3)});
      assertThatThrownBy(() -> client.newest(log.origin, List.of(log.key())))
          .isInstanceOf(IOException.class);
      answer.set(new Object[] {404, ""});
      assertThat(client.newest(log.origin, List.of(log.key()))).isEmpty();
    }
    assertThat(asked)
        .filteredOn(body -> !body.isEmpty())
        .allSatisfy(body ->
            assertThat(body)
                .isEqualTo(new String(log.request(0, 3).body(), StandardCharsets.UTF_8)));
  }

  @Test
  void addressesOfWitnessesAreReadStrictly() throws Exception {
    String key = new Running("w1").key.vkey();
    assertThat(WitnessAddress.parse("")).isEmpty();
    assertThat(WitnessAddress.parse(" https://w.example/x/ " + key))
        .singleElement()
        .satisfies(one -> assertThat(one.url()).hasToString("https://w.example/x"));
    for (String bad :
        List.of(
            "https://w.example",
            key,
            "ftp://w.example " + key,
            "https://w.example?x " + key,
            "https://u:p@w.example " + key,
            "https://w.example " + log.key().vkey(),
            "https://w.example " + key + ", https://v.example " + key)) {
      assertThatThrownBy(() -> WitnessAddress.parse(bad))
          .as(bad)
          .isInstanceOf(RuntimeException.class);
    }
  }
}
