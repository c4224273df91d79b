/** The Helm chart and the files of {@code deploy/}. */
@NullMarked
package dev.codesource.chart;

import org.jspecify.annotations.NullMarked;
