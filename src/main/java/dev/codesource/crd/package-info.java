/** What the CRD needs and the annotations of the API types cannot say. Runs in the build only. */
@NullMarked
package dev.codesource.crd;

import org.jspecify.annotations.NullMarked;
