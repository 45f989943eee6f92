/**
 * What tells messages apart: digests of their content, and the identity that their header gives.
 */
package io.mailtide.engine.content;
