package no.spor.rights;

import java.util.OptionalLong;
import no.spor.activity.PersonId;
import no.spor.tenancy.Access;
import org.jspecify.annotations.Nullable;

/// Port: records in the tenant's own stream, sealed under the person, what has to name that person:
/// so that it becomes unreadable with everything else. The server wires it to the recorder.
public interface SubjectRecords {
  /// Records that somebody asks to be erased. Durable when it returns.
  ///
  /// @return its position; empty where the person is erased, so that nothing may name him
  OptionalLong requested(String tenant, PersonId person);

  /// Records that people's ids are shown, before they are.
  ///
  /// @param person whose, where it is one
  /// @param query what was asked for
  void shown(Access reader, String tenant, @Nullable String person, String query, long[] positions);
}
