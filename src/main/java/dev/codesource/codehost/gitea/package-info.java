/** Gitea and Forgejo. */
@NullMarked
package dev.codesource.codehost.gitea;

import org.jspecify.annotations.NullMarked;
