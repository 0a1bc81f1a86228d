package no.spor.ledger.witness;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.note.NoteException;
import no.spor.ledger.note.NoteSignature;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;

/// Asks one witness (C2SP `tlog-witness`). What it answers is believed as far as its signatures go.
/// Thread-safe.
///
/// What it is told is a checkpoint and hashes of the tree: how many entries there are, nothing of
/// any.
public final class WitnessClient implements AutoCloseable {
  private static final int MAX_ANSWER = 64 * 1024;

  private final WitnessAddress address;
  private final Duration timeout;
  private final HttpClient http;

  /// @param timeout for each answer
  public WitnessClient(WitnessAddress address, Duration timeout) {
    this.address = address;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  /// What came of it.
  public sealed interface Answer {
    /// The witness has cosigned.
    record Cosigned(NoteSignature signature) implements Answer {}

    /// The witness has cosigned another size last.
    record OtherSize(long size) implements Answer {}

    /// The witness will not cosign this, however often it is asked.
    ///
    /// @param status 400, 403, 404 or 422
    record Refused(int status) implements Answer {}

    /// The witness could not be asked, or answers something else. The same call may succeed later.
    record Unavailable(String why) implements Answer {}
  }

  public WitnessAddress address() {
    return address;
  }

  /// Submits a checkpoint.
  ///
  /// @throws InterruptedException where this thread is interrupted while it waits
  public Answer submit(AddCheckpoint request) throws InterruptedException {
    HttpRequest post =
        HttpRequest.newBuilder(resolve("/add-checkpoint"))
            .timeout(timeout)
            .POST(HttpRequest.BodyPublishers.ofByteArray(request.body()))
            .build();
    try {
      HttpResponse<InputStream> answer = http.send(post, BodyHandlers.ofInputStream());
      String body = body(answer);
      return switch (answer.statusCode()) {
        case 200 -> cosignature(request, body);
        case 409 -> otherSize(body);
        case 400, 403, 404, 422 -> new Answer.Refused(answer.statusCode());
        default -> new Answer.Unavailable("it answers " + answer.statusCode());
      };
    } catch (IOException e) {
      return new Answer.Unavailable(e.getClass().getSimpleName());
    }
  }

  private Answer cosignature(AddCheckpoint request, String body) {
    try {
      SignedNote cosigned =
          new SignedNote(SignedNote.parse(request.note()).text(), SignedNote.lines(body));
      NoteSignature signature = cosigned.verifiedBy(List.of(address.key())).getFirst();
      return signature.cosignedAt().isPresent()
          ? new Answer.Cosigned(signature)
          : new Answer.Unavailable("its cosignature has no time");
    } catch (NoteException e) {
      return new Answer.Unavailable("its cosignature is not of its key");
    }
  }

  private static Answer otherSize(String body) {
    return body.matches("(0|[1-9][0-9]{0,17})\n")
        ? new Answer.OtherSize(Long.parseLong(body.strip()))
        : new Answer.Unavailable("it answers 409 without a size");
  }

  /// Asks which checkpoint of a ledger the witness has cosigned last.
  ///
  /// @param keys the ledger's keys: what none of them has signed is not the ledger's word
  /// @return empty where it has cosigned none, or does not serve any
  /// @throws IOException where the witness cannot be asked, or what it shows is not signed by both
  /// @throws InterruptedException where this thread is interrupted while it waits
  public Optional<SignedNote> newest(String origin, List<NoteVerifier> keys)
      throws IOException, InterruptedException {
    HttpRequest get =
        HttpRequest.newBuilder(resolve("/" + Witness.hash(origin) + "/checkpoint"))
            .timeout(timeout)
            .build();
    HttpResponse<InputStream> answer = http.send(get, BodyHandlers.ofInputStream());
    String body = body(answer);
    if (answer.statusCode() == 404) {
      return Optional.empty();
    }
    if (answer.statusCode() != 200) {
      throw new IOException("it answers " + answer.statusCode());
    }
    try {
      SignedNote note = SignedNote.parse(body);
      note.verifiedBy(keys);
      note.verifiedBy(List.of(address.key()));
      if (!Checkpoint.parse(note.text()).origin().equals(origin)) {
        throw new IOException("it shows a checkpoint of another origin");
      }
      return Optional.of(note);
    } catch (RuntimeException e) {
      throw new IOException("it shows what is not signed by the ledger and by itself", e);
    }
  }

  private URI resolve(String path) {
    return URI.create(address.url() + path);
  }

  private static String body(HttpResponse<InputStream> answer) throws IOException {
    try (InputStream stream = answer.body()) {
      byte[] bytes = stream.readNBytes(MAX_ANSWER + 1);
      if (bytes.length > MAX_ANSWER) {
        throw new IOException("its answer is too long");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
