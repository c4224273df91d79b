/** GitLab, public and self-managed. */
@NullMarked
package dev.codesource.codehost.gitlab;

import org.jspecify.annotations.NullMarked;
