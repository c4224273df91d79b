/** The times of retries and renewals: pure functions of a clock's times. */
@NullMarked
package dev.codesource.schedule;

import org.jspecify.annotations.NullMarked;
