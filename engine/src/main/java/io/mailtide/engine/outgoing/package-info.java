/** Carries out what {@link io.mailtide.engine.send.Outbox} promises. */
@NullMarked
package io.mailtide.engine.outgoing;

import org.jspecify.annotations.NullMarked;
