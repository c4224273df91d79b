/**
 * The console: pages on which a person sees bindings and triggers, and makes and changes them. It
 * runs as a process of its own. Whatever it asks of the API server it asks with the token of its
 * visitor, and it has no other.
 */
@NullMarked
package dev.codesource.web.console;

import org.jspecify.annotations.NullMarked;
