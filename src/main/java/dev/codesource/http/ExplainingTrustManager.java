package dev.codesource.http;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's own verification of chain and host name (RFC 5280, RFC 6125), with an explanation for
 * users when it refuses a chain. It never accepts what the JDK refuses.
 */
final class ExplainingTrustManager extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager verification;

  private ExplainingTrustManager(X509ExtendedTrustManager verification) {
    this.verification = verification;
  }

  /**
   * Trusts chains that lead to one of these certificates.
   *
   * @param anchors empty: the public authorities that come with the JDK
   */
  static ExplainingTrustManager trusting(Optional<TrustAnchors> anchors) {
    try {
      return new ExplainingTrustManager(
          verification(anchors.isPresent() ? keyStore(anchors.get().certificates()) : null));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The JDK offers no verification of certificates.", e);
    }
  }

  /** Trusts chains that lead to one of these certificates, or to a public authority. */
  static ExplainingTrustManager trustingPublicAnd(Optional<TrustAnchors> more) {
    if (more.isEmpty()) {
      return trusting(Optional.empty());
    }
    try {
      List<X509Certificate> all =
          new ArrayList<>(Arrays.asList(verification(null).getAcceptedIssuers()));
      all.addAll(more.get().certificates());
      return new ExplainingTrustManager(verification(keyStore(all)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The JDK offers no verification of certificates.", e);
    }
  }

  /** With the JDK's own authorities, if no others are given. */
  private static X509ExtendedTrustManager verification(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(authorities);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static KeyStore keyStore(Collection<X509Certificate> certificates)
      throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (java.io.IOException e) {
      throw new IllegalStateException("An empty key store could not be made.", e);
    }
    int number = 0;
    for (X509Certificate certificate : certificates) {
      store.setCertificateEntry("anchor-" + number++, certificate);
    }
    return store;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
      throws CertificateException {
    requireHostNameVerification(engine);
    Optional<String> objection = AcceptedKeys.objection(chain);
    if (objection.isPresent()) {
      throw CertificateDiagnosis.notAccepted(
          engine.getPeerHost(), engine.getPeerPort(), objection.get());
    }
    try {
      verification.checkServerTrusted(chain, keyExchange, engine);
      // A certificate that is itself an anchor passes the JDK's check at any age.
      chain[0].checkValidity();
    } catch (CertificateException refusal) {
      boolean chainIsTrusted = isTrusted(chain, keyExchange);
      throw CertificateDiagnosis.of(
          engine.getPeerHost(), engine.getPeerPort(), chain, chainIsTrusted, refusal);
    }
  }

  private static void requireHostNameVerification(SSLEngine engine) throws CertificateException {
    @Nullable String algorithm = engine.getSSLParameters().getEndpointIdentificationAlgorithm();
    if (!"HTTPS".equals(algorithm)) {
      throw new CertificateException("Host name verification is off.");
    }
  }

  /** Whether the chain is trusted, whatever name it is for. */
  private boolean isTrusted(X509Certificate[] chain, String keyExchange) {
    try {
      verification.checkServerTrusted(chain, keyExchange);
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return verification.getAcceptedIssuers();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
      throws CertificateException {
    throw withoutEngine();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyExchange)
      throws CertificateException {
    throw withoutEngine();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authentication, SSLEngine engine)
      throws CertificateException {
    throw notAServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authentication, Socket socket)
      throws CertificateException {
    throw notAServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authentication)
      throws CertificateException {
    throw notAServer();
  }

  private static CertificateException withoutEngine() {
    return new CertificateException("Only an engine tells the host's name, which is verified too.");
  }

  private static CertificateException notAServer() {
    return new CertificateException("Clients are not verified here.");
  }
}
