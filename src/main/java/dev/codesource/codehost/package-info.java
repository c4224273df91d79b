/**
 * What a code host is asked: whose token this is, what it may do and until when, and what else it
 * offers. Each platform has a package of its own; nothing outside of these packages distinguishes
 * platforms.
 */
@NullMarked
package dev.codesource.codehost;

import org.jspecify.annotations.NullMarked;
