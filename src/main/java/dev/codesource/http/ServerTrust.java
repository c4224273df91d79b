package dev.codesource.http;

import io.quarkus.tls.BaseTlsConfiguration;
import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.net.TrustOptions;
import java.util.Optional;
import java.util.function.Supplier;

/** What the HTTP clients of Quarkus' extensions trust. */
public final class ServerTrust extends BaseTlsConfiguration {

  private final String name;
  private final Supplier<Optional<TrustAnchors>> anchors;
  private final TrustBundle bundle;

  private ServerTrust(String name, Supplier<Optional<TrustAnchors>> anchors, TrustBundle bundle) {
    this.name = name;
    this.anchors = anchors;
    this.bundle = bundle;
  }

  /**
   * Trusts as {@link GuardedHostClient} does. Both are read when a client is made.
   *
   * @param name under which a client finds it
   * @param anchors trusted instead of the public authorities
   * @param bundle trusted besides the public authorities, where there are no anchors
   */
  public static TlsConfiguration named(
      String name, Supplier<Optional<TrustAnchors>> anchors, TrustBundle bundle) {
    return new ServerTrust(name, anchors, bundle);
  }

  @Override
  public TrustOptions getTrustStoreOptions() {
    Optional<TrustAnchors> trusted = anchors.get();
    if (trusted.isPresent()) {
      return TrustOptions.wrap(ExplainingTrustManager.trusting(trusted));
    }
    bundle.look();
    return TrustOptions.wrap(ExplainingTrustManager.trustingPublicAnd(bundle.certificates()));
  }

  @Override
  public boolean isTrustAll() {
    return false;
  }

  @Override
  public String getName() {
    return name;
  }
}
