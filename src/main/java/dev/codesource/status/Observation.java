package dev.codesource.status;

import java.util.Optional;

/**
 * One reconciliation of one binding.
 *
 * @param generation of the binding that was looked at
 * @param url the log-on URL in its normal form; empty when what the user wrote is not one
 * @param requestedAt the value of the annotation that asks for a verification
 */
public record Observation(
    long generation, Optional<String> url, Optional<String> requestedAt, Finding finding) {}
