/** What all pages have in common. */
@NullMarked
package dev.codesource.web;

import org.jspecify.annotations.NullMarked;
