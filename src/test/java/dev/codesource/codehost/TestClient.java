package dev.codesource.codehost;

import dev.codesource.http.GuardedHostClient;
import dev.codesource.http.HostClient;
import dev.codesource.http.HostThreads;
import dev.codesource.http.Limits;
import dev.codesource.http.Resolver;
import dev.codesource.reason.Outcome;
import java.util.Optional;

/** The operator's own client, which may speak to loopback here. */
public final class TestClient {
  private static final HostClient CLIENT =
      new GuardedHostClient(
          new HostThreads(),
          (host, address) -> Outcome.done(address),
          Resolver.system(),
          Limits.DEFAULT,
          "code-source-operator/test");

  private TestClient() {}

  public static HostClient.Session open() {
    return CLIENT.open("team", Optional.empty());
  }
}
