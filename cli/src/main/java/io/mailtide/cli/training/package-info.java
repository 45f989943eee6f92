/** What the build runs once, so that the program starts faster. */
package io.mailtide.cli.training;
