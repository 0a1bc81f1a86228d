package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Base64;
import java.util.List;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `GET /v1/headers`: a tenant's own headers in the ledger's order, each with its position, so that
/// the tenant can see that none was withheld and that each opens its public entry. What a header
/// tells stands in clear; it holds no personal data.
@RestController
class HeadersController {
  /// Looked at for one answer: a tenant may be one of many in the ledger.
  private static final int MOST_RECORDS = 8_192;

  private static final int MOST_HEADERS = 2_000;
  private final Ledger ledger;
  private final Tenancy tenancy;

  HeadersController(Ledger ledger, Tenancy tenancy) {
    this.ledger = ledger;
    this.tenancy = tenancy;
  }

  @GetMapping("/v1/headers")
  ResponseEntity<byte[]> headers(
      HttpServletRequest request,
      @RequestParam(name = "from", defaultValue = "0") String fromText,
      @RequestParam(name = "tenant", required = false) @Nullable String named) {
    Access access = Caller.with(request, AccessRole.AUDITOR, AccessRole.OFFICER, AccessRole.ADMIN);
    String tenant = Caller.tenant(access, named, tenancy);
    if (!fromText.matches("[0-9]{1,18}")) {
      throw new ProblemException(400, "invalid-parameter", "\"from\" is a position.");
    }
    long from = Long.parseLong(fromText);
    long size = ledger.size();
    List<LedgerRecord> looked =
        from < size ? ledger.readFrom(from, MOST_RECORDS) : List.<LedgerRecord>of();
    List<LedgerRecord> own =
        looked.stream()
            .filter(record -> record.stream().equals(tenant))
            .limit(MOST_HEADERS)
            .toList();
    long next =
        own.size() == MOST_HEADERS
            ? own.getLast().position() + 1
            : looked.size() == MOST_RECORDS ? looked.getLast().position() + 1 : size;
    byte[] body =
        JsonBytes.write(json -> {
          json.writeStartObject();
          json.writeStringProperty("tenant", tenant);
          json.writeArrayPropertyStart("headers");
          for (LedgerRecord record : own) {
            json.writeStartObject();
            json.writeNumberProperty("position", record.position());
            json.writeNumberProperty("sequence", record.sequence());
            json.writeStringProperty("header", Base64.getEncoder().encodeToString(record.header()));
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeNumberProperty("next", Math.max(from, next));
          json.writeNumberProperty("size", size);
          json.writeEndObject();
        });
    return JsonBytes.answer(200, MediaType.APPLICATION_JSON_VALUE, body);
  }
}
