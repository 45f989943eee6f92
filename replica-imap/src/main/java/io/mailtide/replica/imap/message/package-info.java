/** What is looked at of messages that are handed to a server. */
@NullMarked
package io.mailtide.replica.imap.message;

import org.jspecify.annotations.NullMarked;
