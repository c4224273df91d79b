package dev.codesource.codehost;

import dev.codesource.credential.Token;

/** What git sends over HTTP, as user name and password (RFC 7617), to read with a credential. */
public record GitLogin(String username, Token password) {}
