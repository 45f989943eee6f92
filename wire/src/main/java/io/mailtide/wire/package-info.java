/** What all protocol machines share. */
@NullMarked
package io.mailtide.wire;

import org.jspecify.annotations.NullMarked;
