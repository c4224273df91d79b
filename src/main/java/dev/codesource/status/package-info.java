/**
 * The status of a binding as a pure function of the previous status, what was found, and the time.
 */
@NullMarked
package dev.codesource.status;

import org.jspecify.annotations.NullMarked;
