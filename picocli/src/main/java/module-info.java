/** The library picocli, compiled for this release of Java. */
module info.picocli {
  requires static java.sql;

  exports picocli;
}
