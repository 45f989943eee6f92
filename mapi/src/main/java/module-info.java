/** The IMAPISync contract, names as documented. */
module io.mailtide.mapi {
  requires static org.jspecify;

  exports io.mailtide.mapi;
}
