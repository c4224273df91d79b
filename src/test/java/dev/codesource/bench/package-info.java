/** Measures the operator as a process, against what the API server itself can do. */
package dev.codesource.bench;
