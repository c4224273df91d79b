@NullMarked
package dev.codesource.controller.trigger;

import org.jspecify.annotations.NullMarked;
