/**
 * Deploy tokens: credentials that can only read code, created with the bound one and published to
 * consumers instead of it. Each is stored before it is published, and deleted after its successor
 * is published.
 */
@NullMarked
package dev.codesource.deploytoken;

import org.jspecify.annotations.NullMarked;
