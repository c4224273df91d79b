/**
 * The code hosts: one class each, which knows how its platform is asked who a token belongs to,
 * what it may do and until when, and how its answers read. Nothing outside this package
 * distinguishes platforms.
 */
@NullMarked
package dev.codesource.codehost;

import org.jspecify.annotations.NullMarked;
