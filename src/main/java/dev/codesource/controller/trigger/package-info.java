/** The reconciler of triggers: compares a repository's branches and tags with those seen before. */
@NullMarked
package dev.codesource.controller.trigger;

import org.jspecify.annotations.NullMarked;
