/**
 * The way to a server and the talk with it: signing in, commands and their ends, what goes wrong.
 */
@NullMarked
package io.mailtide.replica.imap.session;

import org.jspecify.annotations.NullMarked;
