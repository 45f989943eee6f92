/** Single functions timed by JMH, which makes classes of these in sub-packages. */
@NullMarked
package io.mailtide.bench.micro;

import org.jspecify.annotations.NullMarked;
