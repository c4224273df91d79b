package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.address;
import static dev.codesource.http.ClientUnderTest.answer;
import static dev.codesource.http.ClientUnderTest.refused;
import static dev.codesource.http.ClientUnderTest.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.CertificateAuthority.Validity;
import dev.codesource.testhost.RawServer;
import dev.codesource.testhost.ServerIdentity;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.CertPolicyId;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.PolicyMappings;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AcceptedKeysTest {

  private final CertificateAuthority corporate = CertificateAuthority.root("Corporate Root");
  private final ClientUnderTest client =
      new ClientUnderTest(_ -> List.of(address("127.0.0.1")), ClientUnderTest.PATIENT);

  @AfterEach
  void close() {
    client.close();
  }

  private static KeyPair keys(String algorithm, int size) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(size);
    return generator.generateKeyPair();
  }

  /** Nobody can sign with it; to verify would take as long. */
  private static PublicKey rsa(int bits, BigInteger exponent) throws Exception {
    BigInteger modulus = new BigInteger(bits, new Random(1)).setBit(bits - 1).setBit(0);
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }

  /** A certificate that is signed by nobody who matters. */
  private static X509Certificate certificate(String subject, PublicKey key, int mappings)
      throws Exception {
    KeyPair signer = ec();
    Date from = Date.from(Instant.now().minus(Duration.ofDays(1)));
    Date until = Date.from(Instant.now().plus(Duration.ofDays(1)));
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Principal("CN=Signer"),
            BigInteger.ONE,
            from,
            until,
            new X500Principal("CN=" + subject),
            key);
    if (mappings > 0) {
      CertPolicyId[] policies =
          Stream.iterate(1, number -> number + 1)
              .limit(mappings)
              .map(
                  number ->
                      CertPolicyId.getInstance(
                          new org.bouncycastle.asn1.ASN1ObjectIdentifier("1.2.3." + number)))
              .toArray(CertPolicyId[]::new);
      builder.addExtension(Extension.policyMappings, true, new PolicyMappings(policies, policies));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
  }

  private static KeyPair ec() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509Certificate authority(PublicKey key) throws Exception {
    return certificate("Authority", key, 0);
  }

  /** A key store of the newer kind refuses a chain whose certificates did not sign each other. */
  private static RawServer serving(ServerIdentity identity) throws Exception {
    char[] password = "password".toCharArray();
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setKeyEntry(
        "server", identity.key(), password, identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return RawServer.start(
        context.getServerSocketFactory(), "127.0.0.1", 0, RawServer.answering("{}"));
  }

  /** What is said of a host whose own certificate is usual, with these above it. */
  private String told(X509Certificate... above) throws Exception {
    ServerIdentity usual = corporate.issue("host.test");
    List<X509Certificate> chain = new ArrayList<>(usual.chain());
    Collections.addAll(chain, above);
    try (var server = serving(new ServerIdentity(usual.key(), chain))) {
      TrustAnchors anchors = TrustAnchors.of("1", List.of(corporate.certificate()));
      return waiting(
              client.get("https://host.test:" + server.port(), anchors),
              Reason.CertificateNotAccepted)
          .message()
          .replace(":" + server.port(), ":443");
    }
  }

  @Test
  void aChainWithALongRsaKeyIsNotVerified() throws Exception {
    assertThat(told(authority(rsa(16_384, BigInteger.valueOf(65_537)))))
        .isEqualTo(
            "The certificate of host.test:443 has, or one above it has, an RSA key of 16384 bits;"
                + " accepted are RSA up to 8192 bits, EC with P-256, P-384 or P-521, and EdDSA."
                + " Give the host a certificate with a usual key, such as RSA with 3072 bits or EC"
                + " with P-256, and have it send its own chain only.");
  }

  /** The limits stand in what is said of the key, and nowhere else. */
  @Test
  void theRemedyRepeatsNoLimit() {
    assertThat(Reason.CertificateNotAccepted.remedy()).doesNotContain("8192", "2048", "P-521");
  }

  @Test
  void aChainWithALongExponentIsNotVerified() throws Exception {
    assertThat(told(authority(rsa(3072, BigInteger.ONE.shiftLeft(3000).setBit(0)))))
        .contains("an RSA key with an exponent of 3001 bits");
  }

  @Test
  void aChainWithADsaKeyIsNotVerified() throws Exception {
    assertThat(told(authority(keys("DSA", 2048).getPublic()))).contains("a key of the kind DSA;");
  }

  @Test
  void aChainWithMoreThanTenCertificatesIsNotVerified() throws Exception {
    List<X509Certificate> above = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      above.add(certificate("Authority " + i, ec().getPublic(), 0));
    }
    above.add(authority(ec().getPublic()));
    assertThat(AcceptedKeys.objection(above.toArray(X509Certificate[]::new)))
        .contains("comes with 10 certificates above it; at most 9 are read");
  }

  @Test
  void aChainWithManyCertificatesOfOneNameIsNotVerified() throws Exception {
    assertThat(
            told(
                authority(ec().getPublic()),
                authority(ec().getPublic()),
                authority(ec().getPublic())))
        .contains("comes with more than 2 certificates of the same subject");
  }

  @Test
  void aChainWithManyPolicyMappingsIsNotVerified() throws Exception {
    assertThat(told(certificate("Authority", ec().getPublic(), 60)))
        .contains("more policy mappings than are read");
  }

  @Test
  void aHostMayHaveHundredsOfNamesAndOneAboveItNot() throws Exception {
    List<String> names = new ArrayList<>(Collections.nCopies(200, "shared.host.example"));
    names.addFirst("host.test");
    ServerIdentity shared = corporate.issue(names, Validity.now());
    X509Certificate above = CertificateAuthority.selfSigned(names, Validity.now()).certificate();

    assertThat(AcceptedKeys.objection(new X509Certificate[] {shared.certificate()})).isEmpty();
    assertThat(told(above)).contains("a name or an extension longer than 2 KiB");
  }

  @Test
  void aLongCertificateIsNotVerified() throws Exception {
    List<String> names = Collections.nCopies(700, "long.example");

    assertThat(told(CertificateAuthority.selfSigned(names, Validity.now()).certificate()))
        .contains("is, or one above it is, longer than 8 KiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA 8192", "Ed25519 255", "EC 384", "EC 521"})
  void usualKeysAreVerified(String kind) throws Exception {
    String[] parts = kind.split(" ");
    PublicKey key =
        parts[0].equals("RSA")
            ? rsa(8192, BigInteger.valueOf(65_537))
            : keys(parts[0], Integer.parseInt(parts[1])).getPublic();
    ServerIdentity usual = corporate.issue("host.test");
    ServerIdentity more =
        new ServerIdentity(usual.key(), List.of(usual.certificate(), authority(key)));
    try (var server = serving(more)) {
      answer(
          client.get(
              "https://host.test:" + server.port(),
              TrustAnchors.of("1", List.of(corporate.certificate()))));
    }
  }

  @Test
  void anAuthorityWithSuchAKeyIsNotTrustedEither() throws Exception {
    StringWriter pem = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
      writer.writeObject(authority(keys("DSA", 2048).getPublic()));
    }
    Outcome<TrustAnchors> read =
        TrustAnchors.parse("1", "key ca.crt of the ConfigMap corp-ca", pem.toString());
    assertThat(refused(read, Reason.CaNotFound).what())
        .isEqualTo(
            "Certificate number 1 in the key ca.crt of the ConfigMap corp-ca has, or one above it"
                + " has, a key of the kind DSA; accepted are RSA up to 8192 bits, EC with P-256,"
                + " P-384 or P-521, and EdDSA.");
  }
}
