/** The engine driven through whole lives from a seed, and held against a plain model. */
@NullMarked
package io.mailtide.testkit.simulation;

import org.jspecify.annotations.NullMarked;
