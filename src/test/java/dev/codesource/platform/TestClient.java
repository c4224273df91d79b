package dev.codesource.platform;

import dev.codesource.host.GuardedHostClient;
import dev.codesource.host.HostClient;
import dev.codesource.host.Limits;
import dev.codesource.host.Resolver;
import dev.codesource.reason.Outcome;
import io.vertx.core.Vertx;
import java.util.Optional;

/** The operator's own client, which may speak to loopback here. */
final class TestClient {
  private static final HostClient CLIENT =
      new GuardedHostClient(
          Vertx.vertx(),
          (host, address) -> Outcome.done(address),
          Resolver.system(),
          Limits.DEFAULT,
          "code-source-operator/test");

  private TestClient() {}

  static HostClient.Session open() {
    return CLIENT.open(Optional.empty());
  }
}
