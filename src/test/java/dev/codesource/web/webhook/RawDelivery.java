package dev.codesource.web.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.codesource.webhook.WebhookAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;

/** A delivery as it is written, so that nothing is added to its headers. */
public final class RawDelivery {

  private RawDelivery() {}

  /** What comes before the body. */
  public static String head(String path, Map<String, String> headers, long length) {
    StringBuilder head =
        new StringBuilder("POST " + WebhookAddress.PREFIX + path + " HTTP/1.1\r\nHost: h\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    return head.append("Content-Length: ").append(length).append("\r\n\r\n").toString();
  }

  /** In one piece: the system would wait for the acknowledgement of the first of two. */
  public static void write(Socket socket, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    byte[] head = head(path, headers, body.length).getBytes(UTF_8);
    byte[] request = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    socket.getOutputStream().write(request);
  }

  /** The answer, which has no body; empty: the connection has ended. */
  public static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder read = new StringBuilder();
    byte[] piece = new byte[1024];
    int length = in.read(piece);
    while (length >= 0) {
      read.append(new String(piece, 0, length, ISO_8859_1));
      if (read.indexOf("\r\n\r\n") >= 0) {
        break;
      }
      length = in.read(piece);
    }
    return read.toString();
  }

  public static String send(Socket socket, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    write(socket, path, headers, body);
    return answer(socket);
  }

  /** The status of an answer; 0: there was none. */
  public static int status(String answer) {
    return answer.length() < 12 ? 0 : Integer.parseInt(answer.substring(9, 12));
  }
}
