/** Benchmarks, side by side with other tools. */
@NullMarked
package io.mailtide.bench;

import org.jspecify.annotations.NullMarked;
