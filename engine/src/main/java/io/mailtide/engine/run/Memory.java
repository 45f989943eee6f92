package io.mailtide.engine.run;

import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.Journal;
import io.mailtide.engine.state.Ledger;
import io.mailtide.engine.state.Observations;
import io.mailtide.engine.state.State;

/** A store's state, from its several sides. */
record Memory(State state, Observations observations, Journal journal, Ledger ledger) {
  static Memory of(Database database) {
    return new Memory(
        new State(database),
        new Observations(database),
        new Journal(database),
        new Ledger(database));
  }
}
