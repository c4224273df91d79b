package dev.codesource.status;

import java.util.Optional;

/**
 * The input of a status: what one reconciliation of one binding found.
 *
 * @param generation of the binding that was reconciled
 * @param url the log-on URL in its normal form; empty when the user's text is not a URL
 * @param requestedAt the value of the annotation that requests a verification
 */
public record Observation(
    long generation, Optional<String> url, Optional<String> requestedAt, Finding finding) {}
