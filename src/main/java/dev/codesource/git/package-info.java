/** Git's smart HTTP, as far as it tells which refs a repository has. */
@NullMarked
package dev.codesource.git;

import org.jspecify.annotations.NullMarked;
