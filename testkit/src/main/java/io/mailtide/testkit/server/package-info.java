/** What starts real servers. */
@NullMarked
package io.mailtide.testkit.server;

import org.jspecify.annotations.NullMarked;
