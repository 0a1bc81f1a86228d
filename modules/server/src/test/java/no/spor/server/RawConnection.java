package no.spor.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A connection on which any bytes can be sent.
final class RawConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;
  private final Socket socket;

  RawConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  /// Sends text as ISO 8859-1; what the server no longer takes is lost.
  RawConnection send(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (IOException closedByServer) {
      // It has said what it had to say.
    }
    return this;
  }

  /// Says that nothing more comes.
  RawConnection end() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /// Reads the interim answer `100 Continue`: the server has begun to read the body.
  RawConnection awaitContinue() throws IOException {
    byte[] interim = socket.getInputStream().readNBytes("HTTP/1.1 100 \r\n\r\n".length());
    String text = new String(interim, StandardCharsets.ISO_8859_1);
    if (!text.equals("HTTP/1.1 100 \r\n\r\n")) {
      throw new IOException("no interim answer: " + text);
    }
    return this;
  }

  /// @return what has come by now; empty where nothing has
  String waiting() throws IOException {
    byte[] bytes = new byte[socket.getInputStream().available()];
    return new String(bytes, 0, socket.getInputStream().read(bytes), StandardCharsets.ISO_8859_1);
  }

  /// @return whether the server has closed, or answers
  boolean closed() throws IOException {
    socket.setSoTimeout(1);
    try {
      return socket.getInputStream().read() <= 0;
    } catch (SocketTimeoutException stillOpen) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  /// @return all that comes until the server closes
  String everything() {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(answer);
    } catch (IOException reset) {
      // What came before it counts.
    }
    return answer.toString(StandardCharsets.ISO_8859_1);
  }

  static List<Integer> statuses(String answers) {
    List<Integer> statuses = new ArrayList<>();
    for (String line : answers.split("\r\n|(?<=})")) {
      if (line.startsWith("HTTP/1.1 ")) {
        statuses.add(Integer.parseInt(line.substring(9, 12)));
      }
    }
    return statuses;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
