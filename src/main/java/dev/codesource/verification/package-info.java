/**
 * The verification of a binding's access, as a list of steps: address, credential, host, account,
 * scopes, expiry. Does not depend on how bindings are stored or reported.
 */
@NullMarked
package dev.codesource.verification;

import org.jspecify.annotations.NullMarked;
