/**
 * Infrastructure for controllers, independent of the kind of resource: Events, limits for writes to
 * the API server, the queue of a host, finalizers, owned objects, shards.
 */
@NullMarked
package dev.codesource.runtime;

import org.jspecify.annotations.NullMarked;
