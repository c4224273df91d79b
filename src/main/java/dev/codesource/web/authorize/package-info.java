/**
 * The operator's own pages: where a person sees what is requested and continues to the code host,
 * and to which the code host redirects them afterwards. Plain HTML without scripts; every replica
 * serves them.
 */
@NullMarked
package dev.codesource.web.authorize;

import org.jspecify.annotations.NullMarked;
