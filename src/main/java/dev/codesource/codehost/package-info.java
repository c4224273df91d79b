/**
 * The API of code hosts: the account, scopes and expiry of a token, deploy tokens, and OAuth. Each
 * platform has its own package; no code outside of these packages distinguishes platforms.
 */
@NullMarked
package dev.codesource.codehost;

import org.jspecify.annotations.NullMarked;
