/**
 * The resource that users write: {@code CodeSourceBinding}, group {@code codesource.dev}, version
 * {@code v1alpha1}. The CRD in {@code crds/} is generated from these types; these types are the
 * only source of its descriptions.
 */
@NullMarked
package dev.codesource.api;

import org.jspecify.annotations.NullMarked;
