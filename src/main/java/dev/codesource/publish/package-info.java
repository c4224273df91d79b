/**
 * The Secrets for consumers of a proven credential. Each consumer has a class with the format of
 * its Secret, as its documentation requires it.
 */
@NullMarked
package dev.codesource.publish;

import org.jspecify.annotations.NullMarked;
