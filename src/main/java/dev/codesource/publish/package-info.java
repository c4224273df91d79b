/**
 * What each consumer of a proven credential is given: one class for each, which knows the Secret
 * that its consumer's documents ask for. Knows nothing of how Secrets are written.
 */
@NullMarked
package dev.codesource.publish;

import org.jspecify.annotations.NullMarked;
