/** Pure planning. */
@NullMarked
package io.mailtide.engine.plan;

import org.jspecify.annotations.NullMarked;
