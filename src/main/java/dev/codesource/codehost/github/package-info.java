/** GitHub: github.com, Enterprise Cloud with data residency, Enterprise Server, and GitHub Apps. */
@NullMarked
package dev.codesource.codehost.github;

import org.jspecify.annotations.NullMarked;
