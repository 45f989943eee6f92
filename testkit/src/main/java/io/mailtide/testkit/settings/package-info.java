/** What a configuration says to a provider, in tests. */
@NullMarked
package io.mailtide.testkit.settings;

import org.jspecify.annotations.NullMarked;
