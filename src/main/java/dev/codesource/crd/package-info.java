/** Parts of the CRD that annotations of the API types cannot express. Runs in the build only. */
@NullMarked
package dev.codesource.crd;

import org.jspecify.annotations.NullMarked;
