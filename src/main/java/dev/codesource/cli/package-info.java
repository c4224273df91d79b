/**
 * The plug-in {@code kubectl codesource}: a program of its own, on the machine of whoever uses it.
 * It speaks to the API server only through kubectl, with the rights of the user.
 */
@NullMarked
package dev.codesource.cli;

import org.jspecify.annotations.NullMarked;
