/** What an administrator can set, and the wiring of the rooms from it. */
@NullMarked
package dev.codesource.app;

import org.jspecify.annotations.NullMarked;
