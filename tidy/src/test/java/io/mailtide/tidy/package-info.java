/**
 * Tests about the sources themselves: arrows, limits, bans, links. Each rule says why it is there,
 * and is shown to fail.
 */
@NullMarked
package io.mailtide.tidy;

import org.jspecify.annotations.NullMarked;
