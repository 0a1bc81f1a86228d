package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;

/// Who calls, as the [KeyFilter] found out, and what that one may do. Denies by default.
final class Caller {
  static final String ATTRIBUTE = Caller.class.getName();

  private Caller() {}

  static Access of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Access access) {
      return access;
    }
    throw new IllegalStateException("a door without the key filter in front of it");
  }

  static Access with(HttpServletRequest request, AccessRole... allowed) {
    Access access = of(request);
    for (AccessRole role : allowed) {
      if (access.role() == role) {
        return access;
      }
    }
    throw new ProblemException(
        403,
        "role-not-sufficient",
        "A key of the role " + access.role().label() + " may not do this.");
  }

  /// @return the tenant that is meant: the one named, else the key's own
  /// @throws ProblemException 404 for another tenant's and for one that is not there, alike
  static String tenant(Access access, @Nullable String named, Tenancy tenancy) {
    String tenant = named != null ? named : access.tenant();
    if (tenant == null) {
      throw new ProblemException(
          422, "tenant-missing", "This key belongs to no tenant: name one in \"tenant\".");
    }
    if (!access.reaches(tenant) || tenancy.tenant(tenant).isEmpty()) {
      throw ProblemException.notFound("tenant");
    }
    return tenant;
  }
}
