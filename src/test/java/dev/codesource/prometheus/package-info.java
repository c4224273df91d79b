/** What Prometheus makes of the operator's metrics, by its own tool. */
@NullMarked
package dev.codesource.prometheus;

import org.jspecify.annotations.NullMarked;
