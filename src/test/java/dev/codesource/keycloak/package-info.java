/** A real authorization server, made to look like a code host. */
@NullMarked
package dev.codesource.keycloak;

import org.jspecify.annotations.NullMarked;
