package dev.codesource.platform;

import dev.codesource.host.HostClient;
import dev.codesource.host.HostResponse;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Interim. */
final class TestClient {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TestClient() {}

  static HostClient.Session open() {
    return request -> {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(request.uri())
              .header("User-Agent", "test")
              .header("Accept", "application/json");
      request.headers().forEach(builder::header);
      try {
        HttpResponse<String> response =
            CLIENT.send(builder.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 == 3) {
          return Outcome.refused(Reason.Redirected, "Redirected.");
        }
        return Outcome.done(
            new HostResponse(response.statusCode(), response.headers().map(), response.body()));
      } catch (IOException e) {
        return Outcome.waiting(Reason.ConnectionRefused, "Refused.");
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    };
  }
}
