/**
 * Credentials as users store them: what a Secret must look like, and a token that cannot be
 * printed.
 */
@NullMarked
package dev.codesource.credential;

import org.jspecify.annotations.NullMarked;
