package no.spor.server.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import no.spor.recording.Problem;
import no.spor.server.Node;
import no.spor.tenancy.Access;
import no.spor.tenancy.RegistryBehindException;
import no.spor.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Lets nobody into `/v1/` without a living API key, and no key in more often than it may. All else
/// that is served (health, metrics, the ledger's public bytes, the description of this interface)
/// shows nothing that needs one.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class KeyFilter extends OncePerRequestFilter {
  private static final Problem UNAUTHORIZED =
      new Problem(
          "key-missing-or-not-valid",
          401,
          "Send a living API key: \"Authorization: Bearer spor_…\".");
  private static final Problem TOO_MANY_UNKNOWN =
      new Problem(
          "temporarily-unavailable",
          503,
          "Too many keys that this node does not know are looked for now; try again.");
  private static final int LOOKS = 10;

  /// So many requests with unknown keys are held at once, whoever sends them.
  private static final int MOST_LOOKED_FOR = 32;

  private final Semaphore lookedFor = new Semaphore(MOST_LOOKED_FOR);
  private final boolean follows;
  private final long lookNanos;
  private final Tenancy tenancy;
  private final KeyRates rates;
  private final BodyMemory bodies;

  KeyFilter(Tenancy tenancy, KeyRates rates, BodyMemory bodies, Node node) {
    this.follows = !node.followEvery().isZero();
    this.lookNanos = 2 * node.followEvery().toNanos() / LOOKS;
    this.tenancy = tenancy;
    this.rates = rates;
    this.bodies = bodies;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!request.getServletPath().startsWith("/v1/")) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader("Cache-Control", "no-store");
    Optional<Access> access;
    try {
      access = authenticate(request.getHeader("Authorization"));
    } catch (RegistryBehindException unavailable) {
      Problems.send(
          response,
          new Problem("temporarily-unavailable", 503, "Keys cannot be checked now; try again."),
          1L);
      return;
    } catch (ProblemException limited) {
      Problems.send(response, limited.problem(), limited.retryAfterSeconds());
      return;
    }
    if (access.isEmpty()) {
      Problems.send(response, UNAUTHORIZED, null);
      return;
    }
    try (BodyMemory.Share share = bodies.share()) {
      rates.request(access.get().keyId(), recording(request));
      request.setAttribute(Caller.ATTRIBUTE, access.get());
      request.setAttribute(BodyMemory.Share.ATTRIBUTE, share);
      chain.doFilter(request, response);
    } catch (ProblemException limited) {
      Problems.send(response, limited.problem(), limited.retryAfterSeconds());
    }
  }

  private static boolean recording(HttpServletRequest request) {
    return request.getMethod().equals("POST") && request.getServletPath().equals("/v1/events");
  }

  private Optional<Access> authenticate(@Nullable String header) {
    if (header == null
        || header.length() > 512
        || !header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Optional.empty();
    }
    String key = header.substring(7).strip();
    Optional<Access> access = tenancy.authenticate(key);
    return access.isEmpty() && follows && key.startsWith("spor_") ? lookedFor(key) : access;
  }

  /// One that was made a moment ago on another node is known here when this one has looked.
  private Optional<Access> lookedFor(String key) {
    if (!lookedFor.tryAcquire()) {
      throw new ProblemException(TOO_MANY_UNKNOWN, 1L);
    }
    try {
      Optional<Access> access = Optional.empty();
      for (int look = 0; access.isEmpty() && look < LOOKS; look++) {
        LockSupport.parkNanos(lookNanos);
        access = tenancy.authenticate(key);
      }
      return access;
    } finally {
      lookedFor.release();
    }
  }
}
