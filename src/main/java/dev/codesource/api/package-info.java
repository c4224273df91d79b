/**
 * The resource that users write: {@code CodeSourceBinding}, group {@code codesource.dev}, version
 * {@code v1alpha1}. The CRD in {@code crds/} is generated from these types; every description
 * stands here and nowhere else.
 */
@NullMarked
package dev.codesource.api;

import org.jspecify.annotations.NullMarked;
