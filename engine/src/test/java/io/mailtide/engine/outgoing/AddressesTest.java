package io.mailtide.engine.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.outgoing.Addresses.Malformed;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of addresses, the examples of RFC 5322 appendix A among them. */
class AddressesTest {
  private static final String DOMAIN = "@[^\\s<>@\\p{Cntrl}]+";
  private static final String QUOTED = "\"([^\"\\\\\\p{Cntrl}]|\\\\[^\\p{Cntrl}])*\"" + DOMAIN;
  private static final String PLAIN = "[^\\s<>()\",:;\\\\@\\p{Cntrl}]+" + DOMAIN;

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
      ann@example.org | ann@example.org
      <ann@example.org> | ann@example.org
      John Doe <jdoe@machine.example> | jdoe@machine.example
      Mary Smith <mary@x.test>, j@e.org, Who? <one@y.test> | mary@x.test j@e.org one@y.test
      "Joe Q. Public" <john.q.public@example.com> | john.q.public@example.com
      <boss@nil.test>, "Giant; \\"Big\\" Box" <s@example.net> | boss@nil.test s@example.net
      A Group:Ed Jones <c@a.test>,joe@w.test,John <j@one.test>; | c@a.test joe@w.test j@one.test
      Undisclosed recipients:; | ''
      Pete(A nice \\) chap) <pete(his account)@silly.test(his host)> | pete@silly.test
      A Group(Some people):Chris <c@(Chris's host.)pub.test>, j@e.org; | c@pub.test j@e.org
      (Empty list)(start)Hidden recipients :(nobody(that I know)) ; | ''
      Joe Q. Public <john.q.public@example.com> | john.q.public@example.com
      Mary <@node.test,@other.test:mary@e.net>, , jdoe@test . example | mary@e.net jdoe@test.example
      John Doe <jdoe@machine(comment).  example> | jdoe@machine.example
      "a b"@example.org | "a b"@example.org
      "a\\"b>"@example.org | "a\\"b>"@example.org
      ann@[192.0.2.1] | ann@[192.0.2.1]
      ann@[IPv6:2001:db8::1] | ann@[IPv6:2001:db8::1]
      =?UTF-8?Q?M=C3=BCller,_J?= <j@example.org> | j@example.org
      =?utf-8?b?R3LDvMOfZQ==?= (x) <g@example.org>, | g@example.org
      Jürgen <jürgen@exämple.org> | jürgen@exämple.org
      a@example.org; b@example.org | a@example.org b@example.org
      -x@example.org | -x@example.org
      o'neil+tag@example.org | o'neil+tag@example.org
      """)
  void in_readsThem(String text, String expected) throws Malformed {
    assertThat(Addresses.in(text)).isEqualTo(expected.isEmpty() ? List.of() : spaced(expected));
  }

  private static List<String> spaced(String expected) {
    return expected.startsWith("\"") ? List.of(expected) : List.of(expected.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ann",
        "Ann <ann>",
        "<>",
        "ann@",
        "@example.org",
        "ann@example.org bob@example.org",
        "ann smith@example.org",
        "ann@exam ple.org",
        "ann@example..org",
        "ann@.example.org",
        "ann@example.org.",
        ".ann@example.org",
        "an..n@example.org",
        "ann@example.org>",
        "<ann@example.org",
        "<ann@example.org> SIZE=1",
        "ann@example.org\r\nBcc: eve@example.com",
        "ann@example.org\nx",
        "ann\u0000@example.org",
        "\"ann@example.org",
        "\"a\"b@example.org",
        "(ann@example.org",
        "ann@[1.2.3.4",
        "ann@[a b]",
        "ann@example.org:25",
        "Group: inner: a@b;;",
        "Group: a@b",
        ":a@b;",
        "ann@<example.org>",
        "ann@exa!mple.org",
        "ann@@example.org",
        "ann@example@org",
        "a,b"
      })
  void in_refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> Addresses.in(text))
        .isInstanceOf(Malformed.class)
        .hasMessageNotContainingAny("\r", "\n");
  }

  @Test
  void in_limitsLength() throws Malformed {
    assertThat(Addresses.in("a".repeat(64) + "@example.org")).hasSize(1);
    assertThatThrownBy(() -> Addresses.in("a".repeat(65) + "@example.org"))
        .hasMessageContaining("longer");
    assertThatThrownBy(() -> Addresses.in("a@" + "b".repeat(256))).hasMessageContaining("longer");
    assertThatThrownBy(() -> Addresses.in("\"" + "\\a".repeat(100_000) + "\"@b.c"))
        .isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> Addresses.in("(".repeat(100_000))).isInstanceOf(Malformed.class);
  }

  @Test
  void one_isOne() throws Malformed {
    assertThat(Addresses.one("Ann <a@b.c>")).isEqualTo("a@b.c");
    assertThatThrownBy(() -> Addresses.one("a@b.c, d@e.f")).hasMessage("it holds 2 addresses");
    assertThatThrownBy(() -> Addresses.one(" ")).hasMessage("it is empty");
  }

  /** Whatever stands in a list, what comes out has one meaning in a command of SMTP. */
  @Test
  void in_whatComesOut_isHarmless() {
    var random = new SplittableRandom(1);
    var pieces = List.of(
        "a",
        "b.c",
        "@",
        "<",
        ">",
        ",",
        ";",
        ":",
        "\"",
        "\\",
        "(",
        ")",
        " ",
        "\t",
        "[",
        "]",
        ".",
        "ü",
        "=?utf-8?q?x?=",
        "x@y.z",
        "\r",
        "\n",
        "\u0000");
    for (var i = 0; i < 200_000; i++) {
      var text = new StringBuilder();
      for (var words = random.nextInt(12); words >= 0; words--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      try {
        for (var address : Addresses.in(text.toString())) {
          assertThat(address).as("from %s", text).matches(QUOTED + "|" + PLAIN);
        }
      } catch (Malformed e) {
        assertThat(e.why()).isNotEmpty();
      }
    }
  }
}
