package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import no.spor.ledger.Ledger;
import no.spor.ledger.tree.TileId;
import no.spor.ledger.tree.TlogProof;
import no.spor.recording.Problem;
import no.spor.server.PublicLedger;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// The public tree, for anyone and without a key (C2SP `tlog-tiles`): `GET /ledger/checkpoint`,
/// `/ledger/tile/…`, `/ledger/key`, the same under `/ledgers/{id}/`. And, for those who may read an
/// event, the proof of it (C2SP `tlog-proof`).
@RestController
class PublicLedgerController {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private static final long RETRY_SECONDS = 1;
  private static final Problem NOT_PUBLISHED =
      new Problem(
          "temporarily-unavailable",
          503,
          "The event is recorded, and not under a signed checkpoint yet; ask again.");

  // What a tree of a signed size holds never changes.
  private static final String FOR_GOOD = "public, max-age=31536000, immutable";

  private final PublicLedger tree;
  private final Ledger ledger;
  private final Tenancy tenancy;

  PublicLedgerController(PublicLedger tree, Ledger ledger, Tenancy tenancy) {
    this.tree = tree;
    this.ledger = ledger;
    this.tenancy = tenancy;
  }

  @GetMapping({"/ledger/checkpoint", "/ledgers/{id}/checkpoint"})
  ResponseEntity<byte[]> checkpoint(
      @PathVariable(name = "id", required = false) @Nullable String id) {
    requireLedger(id);
    return answer(TEXT, "no-cache", tree.checkpoint().getBytes(StandardCharsets.UTF_8));
  }

  @GetMapping({"/ledger/checkpoint/cosigned", "/ledgers/{id}/checkpoint/cosigned"})
  ResponseEntity<byte[]> cosigned(
      @PathVariable(name = "id", required = false) @Nullable String id) {
    requireLedger(id);
    return tree.cosigned()
        .map(note -> answer(TEXT, "no-cache", note.getBytes(StandardCharsets.UTF_8)))
        .orElseThrow(() -> ProblemException.notFound("cosigned checkpoint"));
  }

  @GetMapping({"/ledger/key/{index}", "/ledgers/{id}/key/{index}"})
  ResponseEntity<byte[]> keyStatement(
      @PathVariable(name = "id", required = false) @Nullable String id,
      @PathVariable("index") String index) {
    requireLedger(id);
    return Optional.of(index)
        .filter(text -> text.matches("0|[1-9][0-9]{0,5}"))
        .flatMap(text -> tree.keyStatement(Integer.parseInt(text)))
        .map(note -> answer(TEXT, FOR_GOOD, note.getBytes(StandardCharsets.UTF_8)))
        .orElseThrow(() -> ProblemException.notFound("statement of a key"));
  }

  @GetMapping({"/ledger/key", "/ledgers/{id}/key"})
  ResponseEntity<byte[]> keys(@PathVariable(name = "id", required = false) @Nullable String id) {
    requireLedger(id);
    String keys = String.join("\n", tree.keys()) + "\n";
    return answer(TEXT, "no-cache", keys.getBytes(StandardCharsets.UTF_8));
  }

  @GetMapping({"/ledger/tile/{*path}", "/ledgers/{id}/tile/{*path}"})
  ResponseEntity<byte[]> tile(
      HttpServletRequest request,
      @PathVariable(name = "id", required = false) @Nullable String id,
      @PathVariable("path") String path) {
    requireLedger(id);
    return TileId.parse(path.substring(1))
        // A tile has one address: no other spelling of it, so that caches hold it once.
        .filter(tile -> request.getRequestURI().endsWith("/tile/" + tile.path()))
        .flatMap(tree::read)
        .map(bytes -> answer("application/octet-stream", FOR_GOOD, bytes))
        .orElseThrow(() -> ProblemException.notFound("tile"));
  }

  @GetMapping("/v1/events/{position}/proof")
  ResponseEntity<byte[]> proof(
      HttpServletRequest request,
      @PathVariable("position") String positionText,
      @RequestParam(name = "tenant", required = false) @Nullable String named) {
    Access access = Caller.with(request, AccessRole.AUDITOR, AccessRole.OFFICER);
    String tenant = Caller.tenant(access, named, tenancy);
    long position = TimelineController.position(positionText);
    byte[] header =
        ledger
            .read(position)
            .filter(record -> record.stream().equals(tenant))
            .orElseThrow(() -> ProblemException.notFound("event"))
            .header();
    TlogProof proof =
        tree.proof(position, header, LONGEST_WAIT)
            .orElseThrow(() -> new ProblemException(NOT_PUBLISHED, RETRY_SECONDS));
    return answer(TEXT, "no-store", proof.text().getBytes(StandardCharsets.UTF_8));
  }

  private void requireLedger(@Nullable String id) {
    if (id != null && !id.equals(tree.id().toString())) {
      throw ProblemException.notFound("ledger");
    }
  }

  private static ResponseEntity<byte[]> answer(String type, String caching, byte[] body) {
    return ResponseEntity.ok()
        .header("Content-Type", type)
        .header("Cache-Control", caching)
        .body(body);
  }
}
