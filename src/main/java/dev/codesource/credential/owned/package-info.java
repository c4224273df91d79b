/** The operator's own Secrets: where it stores tokens that it obtained. */
@NullMarked
package dev.codesource.credential.owned;

import org.jspecify.annotations.NullMarked;
