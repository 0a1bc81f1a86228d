package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import no.spor.server.Node;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// `GET /v1/ledger`: which ledger answers here, for those who come back and want to know whether it
/// is the same.
@RestController
class LedgerController {
  private final Node node;

  LedgerController(Node node) {
    this.node = node;
  }

  @GetMapping("/v1/ledger")
  ResponseEntity<byte[]> ledger(HttpServletRequest request) {
    Caller.of(request);
    byte[] body =
        JsonBytes.write(json -> {
          json.writeStartObject();
          json.writeStringProperty("id", node.ledgerId().toString());
          json.writeNumberProperty("size", node.ledger().size());
          json.writeEndObject();
        });
    return JsonBytes.answer(200, MediaType.APPLICATION_JSON_VALUE, body);
  }
}
