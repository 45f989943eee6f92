package io.mailtide.replica.maildir;

/** The contract in the Maildir++ layout. */
class MaildirPlusContractTest extends MaildirContractTest {
  @Override
  String[] layout() {
    return new String[] {"maildir++"};
  }
}
