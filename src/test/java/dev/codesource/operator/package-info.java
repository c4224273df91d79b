/** The packaged operator as a user runs it: its own process, the chart's ServiceAccount. */
@NullMarked
package dev.codesource.operator;

import org.jspecify.annotations.NullMarked;
