package dev.codesource.codehost;

import java.time.Instant;

/** A token of an app's installation that can only read code. */
public record InstallationToken(GitLogin login, Instant expiresAt) {}
