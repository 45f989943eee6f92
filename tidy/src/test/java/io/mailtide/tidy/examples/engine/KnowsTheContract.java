package io.mailtide.tidy.examples.engine;

import io.mailtide.tidy.examples.mapi.Contract;

/** A bad example: the engine knows nothing of the contract. */
public record KnowsTheContract(Contract contract) {}
