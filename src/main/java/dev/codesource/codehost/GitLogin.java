package dev.codesource.codehost;

import dev.codesource.credential.Token;

/** The user name and password that git sends over HTTP (RFC 7617) to read code. */
public record GitLogin(String username, Token password) {}
