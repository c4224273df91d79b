/**
 * A real Kubernetes API server for tests and the demo: one that is offered, or one started here
 * from etcd, kube-apiserver and kube-controller-manager, and child processes that cannot outlive
 * the JVM.
 */
@NullMarked
package dev.codesource.cluster;

import org.jspecify.annotations.NullMarked;
