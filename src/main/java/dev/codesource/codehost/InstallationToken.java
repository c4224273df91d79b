package dev.codesource.codehost;

import java.time.Instant;

/** A token of an app's installation, by which code can be read and nothing else. */
public record InstallationToken(GitLogin login, Instant expiresAt) {}
