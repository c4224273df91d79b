package dev.codesource.credential;

import dev.codesource.http.TrustAnchors;

/**
 * The certificates that a binding names.
 *
 * @param configMap the name of the ConfigMap that they are in
 * @param digest of the value as it is stored, in the form that a Secret consents to
 */
record NamedCa(String configMap, String digest, TrustAnchors anchors) {}
