/** What Outlook is in the documents: profile, session, stores. */
@NullMarked
package io.mailtide.client;

import org.jspecify.annotations.NullMarked;
