/**
 * Deploy tokens: credentials that can read code and nothing else, made by the bound one and handed
 * to consumers in its place. Each is stored before it is published, and deleted after its successor
 * is.
 */
@NullMarked
package dev.codesource.deploytoken;

import org.jspecify.annotations.NullMarked;
