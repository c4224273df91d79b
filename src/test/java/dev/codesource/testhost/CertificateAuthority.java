package dev.codesource.testhost;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority with a key of its own; P-256, since these are made in every test. */
@SuppressWarnings("JavaUtilDate") // Bouncy Castle's API
public final class CertificateAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair keys;
  private final X509Certificate certificate;

  /** Those between this authority and its root, this one first; empty for a root. */
  private final List<X509Certificate> intermediates;

  private CertificateAuthority(
      KeyPair keys, X509Certificate certificate, List<X509Certificate> intermediates) {
    this.keys = keys;
    this.certificate = certificate;
    this.intermediates = intermediates;
  }

  public static CertificateAuthority root(String commonName) {
    KeyPair keys = newKeys();
    X500Principal name = new X500Principal("CN=" + commonName);
    X509Certificate certificate =
        sign(name, keys.getPrivate(), name, keys.getPublic(), List.of(), Validity.now(), true);
    return new CertificateAuthority(keys, certificate, List.of());
  }

  public CertificateAuthority intermediate(String commonName) {
    KeyPair subordinate = newKeys();
    X509Certificate certificate =
        signed(
            new X500Principal("CN=" + commonName),
            subordinate.getPublic(),
            List.of(),
            Validity.now(),
            true);
    return new CertificateAuthority(
        subordinate,
        certificate,
        Stream.concat(Stream.of(certificate), intermediates.stream()).toList());
  }

  /** A server's certificate, valid now, for DNS names and IP addresses. */
  public ServerIdentity issue(String... names) {
    return issue(List.of(names), Validity.now());
  }

  public ServerIdentity issue(List<String> names, Validity validity) {
    return issue(new X500Principal("CN=" + names.getFirst()), names, validity);
  }

  public ServerIdentity issue(X500Principal subject, List<String> names, Validity validity) {
    KeyPair leaf = newKeys();
    X509Certificate own = signed(subject, leaf.getPublic(), names, validity, false);
    return new ServerIdentity(
        leaf.getPrivate(), Stream.concat(Stream.of(own), intermediates.stream()).toList());
  }

  public static ServerIdentity selfSigned(String... names) {
    return selfSigned(List.of(names), Validity.now());
  }

  public static ServerIdentity selfSigned(List<String> names, Validity validity) {
    KeyPair keys = newKeys();
    X500Principal name = new X500Principal("CN=" + names.getFirst());
    return new ServerIdentity(
        keys.getPrivate(),
        List.of(sign(name, keys.getPrivate(), name, keys.getPublic(), names, validity, false)));
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public String pem() {
    return pem(certificate);
  }

  static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  /** From when until when a certificate is valid. */
  public record Validity(Instant from, Instant until) {
    public static Validity now() {
      Instant now = Instant.now();
      return new Validity(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30)));
    }

    public static Validity past() {
      Instant now = Instant.now();
      return new Validity(now.minus(Duration.ofDays(60)), now.minus(Duration.ofDays(30)));
    }

    public static Validity future() {
      Instant now = Instant.now();
      return new Validity(now.plus(Duration.ofDays(30)), now.plus(Duration.ofDays(60)));
    }
  }

  private X509Certificate signed(
      X500Principal subject,
      PublicKey key,
      List<String> names,
      Validity validity,
      boolean authority) {
    return sign(
        certificate.getSubjectX500Principal(),
        keys.getPrivate(),
        subject,
        key,
        names,
        validity,
        authority);
  }

  private static X509Certificate sign(
      X500Principal issuer,
      PrivateKey issuerKey,
      X500Principal subject,
      PublicKey key,
      List<String> names,
      Validity validity,
      boolean authority) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              new BigInteger(64, RANDOM),
              Date.from(validity.from()),
              Date.from(validity.until()),
              subject,
              key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (authority) {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      }
      alternativeNames(names)
          .ifPresent(
              alternatives -> {
                try {
                  builder.addExtension(Extension.subjectAlternativeName, false, alternatives);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey)));
    } catch (IOException | OperatorException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<GeneralNames> alternativeNames(List<String> names) {
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new GeneralNames(
                names.stream().map(CertificateAuthority::name).toArray(GeneralName[]::new)));
  }

  private static GeneralName name(String name) {
    boolean isAddress = name.contains(":") || name.matches("[0-9.]+");
    return new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
