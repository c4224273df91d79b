/** A host on loopback that answers over real sockets what a test tells it to. */
@NullMarked
package dev.codesource.testhost;

import org.jspecify.annotations.NullMarked;
