package dev.codesource.testhost;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * What a server shows of itself.
 *
 * @param chain the server's own certificate first, without the root
 */
public record ServerIdentity(PrivateKey key, List<X509Certificate> chain) {
  private static final char[] NO_PASSWORD = new char[0];

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** A server that was set up in haste. */
  public ServerIdentity withoutIntermediates() {
    return new ServerIdentity(key, List.of(certificate()));
  }

  public String certificatesPem() {
    return chain.stream().map(CertificateAuthority::pem).collect(Collectors.joining());
  }

  public String keyPem() {
    // PKCS#8, which is what Vert.x reads.
    return "-----BEGIN PRIVATE KEY-----\n"
        + java.util.Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  public KeyStore keyStore() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public SSLContext sslContext() {
    try {
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(keyStore(), NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
