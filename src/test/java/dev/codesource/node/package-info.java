/** The image and the chart's pods on a real node. */
@NullMarked
package dev.codesource.node;

import org.jspecify.annotations.NullMarked;
