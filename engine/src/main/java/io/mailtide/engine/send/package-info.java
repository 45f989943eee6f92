/** Sending: the port for ways out. */
@NullMarked
package io.mailtide.engine.send;

import org.jspecify.annotations.NullMarked;
