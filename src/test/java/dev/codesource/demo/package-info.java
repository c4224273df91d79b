/** {@code make demo}: the operator, a cluster and code hosts, all on this machine. */
@NullMarked
package dev.codesource.demo;

import org.jspecify.annotations.NullMarked;
