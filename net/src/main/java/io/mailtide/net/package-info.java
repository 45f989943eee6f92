/** Sockets, TLS, deadlines, byte counts, and the pump around a protocol machine. */
@NullMarked
package io.mailtide.net;

import org.jspecify.annotations.NullMarked;
