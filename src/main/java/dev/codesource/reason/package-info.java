/**
 * What can be found out about a binding: the closed list of {@link dev.codesource.reason.Reason}s,
 * a {@link dev.codesource.reason.Problem} that a user is told about, and the {@link
 * dev.codesource.reason.Outcome} of one step. Depends on nothing.
 */
@NullMarked
package dev.codesource.reason;

import org.jspecify.annotations.NullMarked;
