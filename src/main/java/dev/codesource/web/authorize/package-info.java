/**
 * The operator's own pages: where a person sees what is asked for and goes on to the code host, and
 * where the code host sends them back. Plain HTML without scripts; every replica serves them.
 */
@NullMarked
package dev.codesource.web.authorize;

import org.jspecify.annotations.NullMarked;
