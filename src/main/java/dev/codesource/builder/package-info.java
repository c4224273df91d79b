/**
 * The builders that build in the cluster: a class for each, with the object that its documents ask
 * for, and what became of it. Who creates these objects is the namespace's own ServiceAccount.
 */
@NullMarked
package dev.codesource.builder;

import org.jspecify.annotations.NullMarked;
