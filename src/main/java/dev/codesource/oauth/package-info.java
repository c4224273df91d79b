/**
 * Access that a person grants in a browser or by a code, and that the operator then renews: the
 * requests of OAuth, flows that any replica can finish, grants that are stored before they are
 * used, refreshes that happen once.
 */
@NullMarked
package dev.codesource.oauth;

import org.jspecify.annotations.NullMarked;
