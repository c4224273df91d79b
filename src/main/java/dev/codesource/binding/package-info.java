/**
 * The controller: what wakes it, the list of its steps, and what it leaves behind (one status
 * write, Events, metrics).
 */
@NullMarked
package dev.codesource.binding;

import org.jspecify.annotations.NullMarked;
