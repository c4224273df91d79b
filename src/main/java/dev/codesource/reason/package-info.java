/**
 * The results of steps: the closed list of {@link dev.codesource.reason.Reason}s, a {@link
 * dev.codesource.reason.Problem} that is reported to the user, and the {@link
 * dev.codesource.reason.Outcome} of one step. Depends on nothing.
 */
@NullMarked
package dev.codesource.reason;

import org.jspecify.annotations.NullMarked;
