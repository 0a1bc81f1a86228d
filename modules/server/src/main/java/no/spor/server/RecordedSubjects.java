package no.spor.server;

import java.util.OptionalLong;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.insight.OpeningLog;
import no.spor.recording.Recorder;
import no.spor.recording.RejectedRequestException;
import no.spor.rights.SubjectRecords;
import no.spor.tenancy.Access;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Who a request is about, recorded in the tenant's own stream and sealed under that person.
/// Thread-safe.
final class RecordedSubjects implements SubjectRecords {
  private static final String PURPOSE = "handling erasure requests";
  private static final String PERSON_ERASED = "person-erased";

  private final Recorder recorder;
  private final OpeningLog openings;

  RecordedSubjects(Recorder recorder, OpeningLog openings) {
    this.recorder = recorder;
    this.openings = openings;
  }

  @Override
  public OptionalLong requested(String tenant, PersonId person) {
    byte[] data =
        JsonMapper.shared()
            .writeValueAsBytes(
                JsonMapper.shared()
                    .createObjectNode()
                    .put(
                        person.namespace() == Namespace.ACCOUNT ? "person" : "visitor",
                        person.id()));
    try {
      return OptionalLong.of(recorder.recordOwn(tenant, "personal-data.erasure-requested", data));
    } catch (RejectedRequestException e) {
      if (e.problem().slug().equals(PERSON_ERASED)) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  @Override
  public void shown(
      Access reader, String tenant, @Nullable String person, String query, long[] positions) {
    openings.opening(reader, PURPOSE, tenant, person, query, positions);
  }
}
