package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.tree.MerkleProofs;
import no.spor.ledger.tree.TlogProof;
import no.spor.server.RunningSpor.Answer;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The public tree as a stranger sees it: over HTTP, without a key.
class PublicLedgerTest {
  private static final int EVENTS = 600;

  @TempDir static Path data;
  private static RunningSpor spor;
  private static String emitter;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    spor = RunningSpor.on(data);
    spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
    spor.node().tenancy().createTenant("annet-as", "Annet AS");
    emitter = spor.key(AccessRole.EMITTER, "bygg-as");
    var lines = new StringBuilder();
    for (int i = 0; i < EVENTS; i++) {
      lines.append(RunningSpor.event("many-" + i, "login.succeeded", "{\"user\":\"a@b.example\"}"));
      lines.append('\n');
    }
    Answer answer = spor.post("/v1/events", emitter, RunningSpor.LINES, lines.toString());
    assertThat(answer.status()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    spor.close();
  }

  private static long record(String id) {
    return spor.post(
            "/v1/events",
            emitter,
            RunningSpor.CLOUD_EVENT,
            RunningSpor.event(id, "login.succeeded", "{\"user\":\"a@b.example\"}"))
        .json()
        .path("position")
        .asLong();
  }

  private static HttpResponse<byte[]> get(String path) {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(URI.create(spor.url() + path)).build(),
          BodyHandlers.ofByteArray());
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }

  private static Checkpoint published() {
    String note = new String(get("/ledger/checkpoint").body(), StandardCharsets.UTF_8);
    return Checkpoint.parse(Checkpoint.textOf(note));
  }

  private static Checkpoint publishedBeyond(long position) throws InterruptedException {
    long begin = System.nanoTime();
    for (Checkpoint now = published(); ; now = published()) {
      if (now.size() > position) {
        return now;
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
      Thread.sleep(10);
    }
  }

  @Test
  void aStrangerPutsTheTreeTogetherFromItsPublicBytes() throws Exception {
    Checkpoint checkpoint = publishedBeyond(record("last"));
    int size = (int) checkpoint.size();
    var leaves = new ArrayList<byte[]>();
    for (int from = 0; from < size; from += 256) {
      int width = Math.min(256, size - from);
      String place = path(from / 256, width);
      byte[] bundle = get("/ledger/tile/entries/" + place).body();
      byte[] tile = get("/ledger/tile/0/" + place).body();
      assertThat(bundle).hasSize(35 * width);
      for (int i = 0; i < width; i++) {
        assertThat(Arrays.copyOfRange(bundle, 35 * i, 35 * i + 3)).containsExactly(0, 33, 1);
        byte[] leaf = sha256(new byte[1], Arrays.copyOfRange(bundle, 35 * i + 2, 35 * i + 35));
        assertThat(Arrays.copyOfRange(tile, 32 * i, 32 * i + 32)).isEqualTo(leaf);
        leaves.add(leaf);
      }
    }
    assertThat(root(leaves)).isEqualTo(checkpoint.root());
    byte[] above = get("/ledger/tile/1/" + path(0, size / 256)).body();
    for (int i = 0; i < size / 256; i++) {
      assertThat(Arrays.copyOfRange(above, 32 * i, 32 * i + 32))
          .isEqualTo(root(leaves.subList(256 * i, 256 * i + 256)));
    }
  }

  @Test
  void theCheckpointIsSignedByTheKeyThatIsServed() {
    String keys = new String(get("/ledger/key").body(), StandardCharsets.UTF_8);
    assertThat(keys).endsWith("\n");
    NoteVerifier key = NoteVerifier.of(keys.lines().findFirst().orElseThrow());
    String note = new String(get("/ledger/checkpoint").body(), StandardCharsets.UTF_8);
    assertThat(SignedNote.parse(note).verifiedBy(List.of(key))).hasSize(1);
    assertThat(key.name()).isEqualTo(published().origin());
  }

  @Test
  void whatIsServedSaysHowLongItStays() {
    HttpResponse<byte[]> checkpoint = get("/ledger/checkpoint");
    assertThat(header(checkpoint, "Content-Type"))
        .isEqualToIgnoringCase("text/plain;charset=utf-8");
    assertThat(header(checkpoint, "Cache-Control")).isEqualTo("no-cache");
    HttpResponse<byte[]> tile = get("/ledger/tile/0/000");
    assertThat(header(tile, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(header(tile, "Cache-Control")).contains("immutable").contains("max-age=31536000");
    HttpResponse<byte[]> none = get("/ledger/tile/0/999");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(header(none, "Cache-Control")).isEqualTo("no-store");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0/999", "0/000.p/0", "0/000.p/256", "0/00", "0/0", "00/000", "64/000", "0/000/",
            "0/x000/000",
        "0/001/000", "0/%30%30%30", "0/000.p%2F1", "entries/999", "entries", "", "0", "0/",
            "../checkpoint",
        "%2e%2e/checkpoint", "0/000;a=b", "1/000.p/200", "3/000.p/1", "0/-01", "0/000.p/-1",
            "0/٠٠٠",
      })
  void whatDoesNotExistOrIsSpeltOtherwiseIsNotServed(String path) {
    String encoded = path.replace("٠", "%D9%A0");
    assertThat(get("/ledger/tile/" + encoded).statusCode()).as(path).isIn(404, 400);
  }

  @Test
  void theLedgerAnswersUnderItsIdToo() {
    UUID id = spor.node().ledgerId();
    assertThat(get("/ledgers/" + id + "/tile/0/000").body())
        .isEqualTo(get("/ledger/tile/0/000").body());
    assertThat(get("/ledgers/" + id + "/checkpoint").statusCode()).isEqualTo(200);
    assertThat(get("/ledgers/" + UUID.randomUUID() + "/checkpoint").statusCode()).isEqualTo(404);
    assertThat(get("/ledgers/x/tile/0/000").statusCode()).isEqualTo(404);
  }

  @Test
  void publicBytesNameNoTenant() throws Exception {
    publishedBeyond(record("nameless"));
    for (String path :
        List.of("/ledger/checkpoint", "/ledger/tile/0/000", "/ledger/tile/entries/000")) {
      assertThat(new String(get(path).body(), StandardCharsets.ISO_8859_1))
          .doesNotContain("bygg")
          .doesNotContain("login");
    }
  }

  @Test
  void whoMayReadAnEventIsGivenAProofThatAStrangerCanCheck() {
    long position = record("proven");
    for (AccessRole role : List.of(AccessRole.AUDITOR, AccessRole.OFFICER)) {
      Answer answer = spor.get("/v1/events/" + position + "/proof", spor.key(role, "bygg-as"));
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(answer.type()).startsWith("text/plain");
      TlogProof proof = TlogProof.parse(answer.body());
      Checkpoint checkpoint = Checkpoint.parse(Checkpoint.textOf(proof.note()));
      byte[] leaf = sha256(new byte[] {0, 1}, sha256(proof.extra()));
      assertThat(proof.index()).isEqualTo(position);
      assertThat(
              MerkleProofs.includes(
                  leaf, position, checkpoint.size(), proof.path(), checkpoint.root()))
          .isTrue();
      assertThat(new String(proof.extra(), StandardCharsets.UTF_8)).contains("bygg-as", "proven");
    }
  }

  @Test
  void proofsAreBehindTheTenantsWalls() {
    long position = record("walled");
    String proof = "/v1/events/" + position + "/proof";
    assertThat(spor.get(proof, null).status()).isEqualTo(401);
    assertThat(spor.get(proof, emitter).status()).isEqualTo(403);
    String foreign = spor.key(AccessRole.OFFICER, "annet-as");
    assertThat(spor.get(proof, foreign).status()).isEqualTo(404);
    assertThat(spor.get(proof + "?tenant=bygg-as", foreign).status()).isEqualTo(404);
    String operator = spor.key(AccessRole.AUDITOR, null);
    assertThat(spor.get(proof, operator).status()).isEqualTo(422);
    assertThat(spor.get(proof + "?tenant=bygg-as", operator).status()).isEqualTo(200);
    assertThat(spor.get(proof + "?tenant=annet-as", operator).status()).isEqualTo(404);
    String auditor = spor.key(AccessRole.AUDITOR, "bygg-as");
    assertThat(spor.get("/v1/events/0/proof", auditor).status()).isEqualTo(404); // of stream spor
    assertThat(spor.get("/v1/events/999999999/proof", auditor).status()).isEqualTo(404);
    assertThat(spor.get("/v1/events/-1/proof", auditor).status()).isEqualTo(404);
  }

  private static String header(HttpResponse<byte[]> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static String path(int index, int width) {
    return String.format("%03d", index) + (width == 256 ? "" : ".p/" + width);
  }

  /// RFC 6962 §2.1.
  private static byte[] root(List<byte[]> leaves) {
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    int half = Integer.highestOneBit(leaves.size() - 1);
    return sha256(
        new byte[] {1}, root(leaves.subList(0, half)), root(leaves.subList(half, leaves.size())));
  }

  private static byte[] sha256(byte[]... all) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (byte[] one : all) {
        sha256.update(one);
      }
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
