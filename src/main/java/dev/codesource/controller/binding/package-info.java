/**
 * The controller of bindings: what starts a reconciliation, the list of its steps, and what it
 * writes.
 */
@NullMarked
package dev.codesource.controller.binding;

import org.jspecify.annotations.NullMarked;
