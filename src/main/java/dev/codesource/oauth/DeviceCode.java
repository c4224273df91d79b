package dev.codesource.oauth;

import dev.codesource.credential.Token;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/**
 * The answer of a device authorization endpoint (RFC 8628 section 3.2).
 *
 * @param userCode the code that the person enters
 * @param page where the person enters it
 * @param interval the minimum between two polls
 */
record DeviceCode(
    Token deviceCode, String userCode, URI page, Duration interval, Instant expiresAt) {}
