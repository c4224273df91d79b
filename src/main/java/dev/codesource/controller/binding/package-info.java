/**
 * The controller of bindings: its event sources, the steps of a reconciliation, and what it writes.
 */
@NullMarked
package dev.codesource.controller.binding;

import org.jspecify.annotations.NullMarked;
