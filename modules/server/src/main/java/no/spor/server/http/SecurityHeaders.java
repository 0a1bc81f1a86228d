package no.spor.server.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Puts on every answer what tells a browser to take it for what it says it is, to show it in no
/// other page, and to run nothing but the server's own scripts; also on an answer that was begun
/// anew. What the container answers itself gets them from [ContainerErrors].
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class SecurityHeaders extends OncePerRequestFilter {
  private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

  /// The description's page sets styles on its elements.
  private static final String OWN =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src"
          + " 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    put(response, request.getServletPath(), request.isSecure());
    chain.doFilter(
        request,
        new HttpServletResponseWrapper(response) {
          @Override
          public void reset() {
            super.reset();
            put(response, request.getServletPath(), request.isSecure());
          }
        });
  }

  static void put(HttpServletResponse response, String path, boolean secure) {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Content-Security-Policy", forMachines(path) ? NOTHING : OWN);
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    response.setHeader(
        "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if (secure) {
      response.setHeader("Strict-Transport-Security", "max-age=31536000");
    }
  }

  private static boolean forMachines(String path) {
    return path.isEmpty()
        || path.startsWith("/v1/")
        || path.startsWith("/ledger")
        || path.startsWith("/actuator")
        || path.startsWith("/v3/");
  }
}
