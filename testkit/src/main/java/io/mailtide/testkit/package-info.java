/** What tests share. */
@NullMarked
package io.mailtide.testkit;

import org.jspecify.annotations.NullMarked;
