package dev.codesource.oauth;

import dev.codesource.credential.Token;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/**
 * The answer of a device authorization endpoint (RFC 8628 section 3.2).
 *
 * @param userCode what the person types in
 * @param page where
 * @param interval between two polls, at least
 */
record DeviceCode(
    Token deviceCode, String userCode, URI page, Duration interval, Instant expiresAt) {}
