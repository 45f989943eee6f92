/** Files and directories, and what makes them durable; knows nothing of folders and messages. */
@NullMarked
package io.mailtide.replica.maildir.disk;

import org.jspecify.annotations.NullMarked;
