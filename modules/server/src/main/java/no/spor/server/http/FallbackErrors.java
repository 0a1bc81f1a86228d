package no.spor.server.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import no.spor.recording.Problem;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/// Answers what failed outside of the controllers (in the container or a filter) with a problem
/// document.
@Controller
class FallbackErrors implements ErrorController {
  @RequestMapping("${spring.web.error.path:/error}")
  void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
    int status =
        request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
            ? code
            : 404;
    Problem problem =
        switch (status) {
          case 404 -> new Problem("not-found", 404, "There is nothing at this address.");
          case 405 ->
              new Problem("method-not-allowed", 405, "This address does not know that method.");
          case 400 ->
              new Problem("bad-request", 400, "The request is not as this address takes it.");
          default ->
              new Problem(
                  status < 500 ? "bad-request" : "internal-error",
                  status,
                  "The request could not be answered.");
        };
    Problems.send(response, problem, null);
  }
}
