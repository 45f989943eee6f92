/** What a provider is given in tests: what a configuration says, and a clock. */
@NullMarked
package io.mailtide.testkit.settings;

import org.jspecify.annotations.NullMarked;
