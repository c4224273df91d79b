/**
 * The guarded HTTP client of code hosts: addresses are checked after resolution and pinned,
 * certificates are always verified, redirects are not followed, size and time are limited.
 */
@NullMarked
package dev.codesource.http;

import org.jspecify.annotations.NullMarked;
