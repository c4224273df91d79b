/**
 * What {@code kubectl codesource doctor} asks a code host from the machine of its user, by the
 * classes by which the operator asks; and what a finding is.
 */
@NullMarked
package dev.codesource.cli.doctor;

import org.jspecify.annotations.NullMarked;
