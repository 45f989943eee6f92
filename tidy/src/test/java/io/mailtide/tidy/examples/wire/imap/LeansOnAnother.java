package io.mailtide.tidy.examples.wire.imap;

import io.mailtide.tidy.examples.wire.sasl.Mechanism;

/** A bad example: protocols do not import each other. */
public record LeansOnAnother(Mechanism mechanism) {}
