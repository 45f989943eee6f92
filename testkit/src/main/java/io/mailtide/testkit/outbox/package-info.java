/** Sending, with a default store and a mail server in memory. */
@NullMarked
package io.mailtide.testkit.outbox;

import org.jspecify.annotations.NullMarked;
