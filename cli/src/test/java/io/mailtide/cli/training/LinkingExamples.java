package io.mailtide.cli.training;

import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pattern switches and records of every kind, compiled as ours are, and what they give for many
 * values. {@link LinkingTest} loads them twice, and compares.
 */
public final class LinkingExamples implements Supplier<List<String>> {
  sealed interface Shape permits Circle, Square, Tall, Odd {
    /** A switch in an interface. */
    static int corners(@Nullable Shape shape) {
      return switch (shape) {
        case null -> -1;
        case Circle _ -> 0;
        case Square _, Tall _ -> 4;
        case Odd odd -> odd == Odd.FIRST ? 1 : 2;
      };
    }
  }

  record Circle(int radius) implements Shape {}

  record Square(Shape within) implements Shape {}

  record Tall(double width, double height) implements Shape {}

  enum Odd implements Shape {
    FIRST,
    SECOND
  }

  record Primitives(
      boolean yes,
      byte small,
      short two,
      char letter,
      int four,
      long eight,
      float single,
      double twice) {}

  @SuppressWarnings("ArrayRecordComponent") // what an array is compared by
  record References(@Nullable String text, int @Nullable [] numbers, List<@Nullable Object> list) {}

  record Generic<T extends Comparable<T>>(@Nullable T left, Optional<T> right) {}

  record Nothing() {}

  record Own(int value) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Own(var theirs) && value / 10 == theirs / 10;
    }

    @Override
    public int hashCode() {
      return value / 10;
    }
  }

  private static String guarded(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text when text.isEmpty() -> "empty";
      case String text when text.length() > 3 -> "long " + text;
      case Integer number when number > 10 -> "many";
      case CharSequence text -> "text " + text.length();
      case int[] numbers -> "numbers " + numbers.length;
      case Object[][] _ -> "a table";
      case Number number when number.intValue() < 0 -> "less";
      case Integer _ -> "some";
      case Number _ -> "number";
      case Square(Square(Circle(var radius))) -> "circle in square in square " + radius;
      case Square(Circle _) -> "circle in square";
      case Generic(String left, var _) -> "generic " + left;
      case Generic(var _, Optional<?> right) -> "generic with " + right;
      default -> "other";
    };
  }

  private static String refusing(Object value) {
    return switch (value) {
      case String text when text.length() == 1 -> ", one";
      case Shape shape -> ", shape " + Shape.corners(shape);
      default -> ", refused";
    };
  }

  /** Among the labels is a constant: it stays as it is compiled. */
  static String mixed(@Nullable Shape shape) {
    return switch (shape) {
      case null -> "null";
      case Odd.SECOND -> "second";
      case Circle(var radius) when radius == 0 -> "point";
      case Shape _ -> "shape";
    };
  }

  private static List<@Nullable Object> values() {
    var values = new ArrayList<@Nullable Object>(Arrays.asList(
        null, "", "a", "abc", "abcd", CharBuffer.wrap("buffer"), 'x', true, -1, 0, 11, -5L, 7.0));
    for (var numbers : Arrays.asList(null, new int[] {1}, new int[] {1})) {
      for (var text : Arrays.asList(null, "a", new String("a"), "b")) {
        values.add(new References(text, numbers, Arrays.asList(text, null)));
      }
      values.add(numbers);
    }
    values.addAll(List.of(new int[0], new String[0], new String[0][0]));
    for (var number :
        List.of(0.0, -0.0, 1.5, Double.NaN, Double.MIN_VALUE, Double.NEGATIVE_INFINITY)) {
      values.add(new Tall(number, 1));
      values.add(new Tall(1, number));
      for (int other = 0; other < 9; other++) {
        values.addAll(List.of(primitives(other, number), primitives(other, number)));
      }
    }
    values.add(new Tall(Double.longBitsToDouble(0x7ff8_0000_0000_0001L), 1));
    values.addAll(List.of(new Nothing(), new Nothing(), new Own(1), new Own(9), new Own(10)));
    values.addAll(List.of(new Circle(0), new Circle(3), new Circle(3), Odd.FIRST, Odd.SECOND));
    values.add(new Square(new Circle(3)));
    values.add(new Square(new Square(new Circle(4))));
    values.add(new Square(new Square(Odd.FIRST)));
    values.add(new Generic<>("x", Optional.of("y")));
    values.add(new Generic<>("x", Optional.of("y")));
    values.add(new Generic<>(1, Optional.empty()));
    values.add(new Generic<Integer>(null, Optional.of(2)));
    return values;
  }

  /** Of nine kinds; each differs from the last in one component. */
  private static Primitives primitives(int other, double number) {
    return new Primitives(
        other == 0,
        (byte) (other == 1 ? -128 : 1),
        (short) (other == 2 ? -300 : 2),
        other == 3 ? '\uffff' : 'c',
        other == 4 ? Integer.MIN_VALUE : 4,
        other == 5 ? 5L << 32 : 5,
        other == 6 ? -0.0f : (float) number,
        other == 7 ? 2.5 : number);
  }

  /** What the switches and records give, one line each. */
  @Override
  public List<String> get() {
    var lines = new ArrayList<String>();
    var values = values();
    for (int i = 0; i < values.size(); i++) {
      var value = values.get(i);
      lines.add(i + " is " + guarded(value) + (value == null ? "" : refusing(value)));
      if (value == null || value instanceof Shape) {
        lines.add(i + " has " + Shape.corners((Shape) value) + ", " + mixed((Shape) value));
      }
      if (value instanceof Record record) {
        lines.add(i + " hashes to " + hash(record));
        for (int j = 0; j < values.size(); j++) {
          lines.add(i + " equals " + j + ": " + record.equals(values.get(j)));
        }
      }
    }
    return lines;
  }

  /** Arrays and enums hash by where they are, which differs from one loading to the other. */
  private static String hash(Record record) {
    return switch (record) {
      case References(var text, var numbers, var list) ->
        "so much more: "
            + (record.hashCode() - Arrays.asList(text, numbers, list).hashCode());
      case Square(Square(Odd odd)) -> "its own: " + (record.hashCode() == odd.hashCode());
      default -> String.valueOf(record.hashCode());
    };
  }
}
