/** Bad examples for the arrows, and what they need. */
@NullMarked
package io.mailtide.tidy.examples.engine.plan;

import org.jspecify.annotations.NullMarked;
