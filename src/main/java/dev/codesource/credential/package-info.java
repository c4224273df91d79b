/** Credentials as users store them: the format of Secrets, and a token that cannot be printed. */
@NullMarked
package dev.codesource.credential;

import org.jspecify.annotations.NullMarked;
