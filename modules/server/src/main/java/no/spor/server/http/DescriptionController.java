package no.spor.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The description of this interface (OpenAPI 3.1, written by hand in `openapi.yaml`) and the page
/// to read it, `/docs/`.
@RestController
class DescriptionController {
  private final byte[] openApi;

  DescriptionController() throws IOException {
    try (InputStream yaml = DescriptionController.class.getResourceAsStream("/openapi.yaml")) {
      openApi = JsonMapper.shared().writeValueAsBytes(YAMLMapper.shared().readTree(yaml));
    }
  }

  @GetMapping("/v3/api-docs")
  ResponseEntity<byte[]> openApi() {
    return JsonBytes.answer(200, MediaType.APPLICATION_JSON_VALUE, openApi);
  }

  @GetMapping({"/", "/docs", "/docs/"})
  ResponseEntity<Void> page() {
    return ResponseEntity.status(302).location(URI.create("/docs/index.html")).build();
  }
}
