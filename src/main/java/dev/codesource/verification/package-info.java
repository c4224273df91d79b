/**
 * The question whether a binding's access is real, as a list of steps: address, credential, host,
 * account, scopes, expiry. Knows nothing of how bindings are stored or reported.
 */
@NullMarked
package dev.codesource.verification;

import org.jspecify.annotations.NullMarked;
