package dev.codesource.host;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The certificates that are trusted for a host, instead of the public authorities.
 *
 * @param version changes when the certificates do: the source's identity and resource version
 */
public record TrustAnchors(String version, List<X509Certificate> certificates) {}
