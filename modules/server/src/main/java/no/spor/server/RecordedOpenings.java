package no.spor.server;

import no.spor.insight.OpeningLog;
import no.spor.recording.Recorder;
import no.spor.tenancy.Access;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Records each opening of personal data as `personal-data.viewed`, durably, before anything is
/// shown. Thread-safe.
final class RecordedOpenings implements OpeningLog {
  private final Recorder recorder;

  RecordedOpenings(Recorder recorder) {
    this.recorder = recorder;
  }

  @Override
  public void opening(
      Access reader,
      String purpose,
      String tenant,
      @Nullable String person,
      String query,
      long[] positions) {
    ObjectNode data = JsonMapper.shared().createObjectNode();
    data.put("reader", reader.keyId());
    if (person != null) {
      data.put("person", person);
    }
    data.put("role", reader.role().label())
        .put("purpose", purpose)
        .put("query", query)
        .put("opened", positions.length);
    ArrayNode opened = data.putArray("positions");
    for (long position : positions) {
      opened.add(position);
    }
    recorder.recordOwn(tenant, "personal-data.viewed", JsonMapper.shared().writeValueAsBytes(data));
  }
}
