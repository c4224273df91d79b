package dev.codesource.git;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream into pkt-lines (https://git-scm.com/docs/protocol-common#_pkt_line_format): four
 * hexadecimal digits of the length, which they count too, and as many bytes. Holds at most one line
 * of the maximum length.
 */
final class PktLines {

  /** The maximum of the format, with the four digits. */
  static final int MAX_LENGTH = 65520;

  private static final int PREFIX = 4;

  /** Takes the lines. */
  interface Consumer {

    /**
     * A line without its length and without a line feed at its end.
     *
     * @return whether more is wanted
     */
    boolean line(byte[] line);

    /**
     * A flush packet, which ends a part of an answer.
     *
     * @return whether more is wanted
     */
    boolean flush();
  }

  /** The stream does not have this format. */
  static final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  private final Consumer consumer;
  private final byte[] prefix = new byte[PREFIX];
  private int ofPrefix;

  /** The line that is being read; null: its length is being read. */
  private byte @Nullable [] line;

  private int ofLine;

  PktLines(Consumer consumer) {
    this.consumer = consumer;
  }

  /**
   * Takes the next bytes. Copies each once, however small the pieces are.
   *
   * @return whether more is wanted
   * @throws MalformedException if they are no pkt-lines
   */
  boolean read(byte[] piece) {
    int at = 0;
    while (at < piece.length) {
      if (line == null) {
        prefix[ofPrefix++] = piece[at++];
        if (ofPrefix == PREFIX && !begin(length(prefix))) {
          return false;
        }
      } else {
        int part = Math.min(piece.length - at, line.length - ofLine);
        System.arraycopy(piece, at, line, ofLine, part);
        at += part;
        ofLine += part;
        if (ofLine == line.length && !end(line)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean begin(int length) {
    ofPrefix = 0;
    if (length == 0) {
      return consumer.flush();
    }
    byte[] next = new byte[length - PREFIX];
    line = next;
    ofLine = 0;
    return next.length > 0 || end(next);
  }

  private boolean end(byte[] whole) {
    line = null;
    boolean hasFeed = whole.length > 0 && whole[whole.length - 1] == '\n';
    return consumer.line(hasFeed ? Arrays.copyOf(whole, whole.length - 1) : whole);
  }

  private static int length(byte[] digits) {
    int length = 0;
    for (byte each : digits) {
      int digit = Character.digit(each, 16);
      if (digit < 0) {
        throw new MalformedException("A length has four hexadecimal digits.");
      }
      length = length * 16 + digit;
    }
    // 1 and 2 are other special packets, which no answer to our questions has; 4 is an empty line.
    if ((length > 0 && length < PREFIX) || length > MAX_LENGTH) {
      throw new MalformedException("A line cannot have that length.");
    }
    return length;
  }
}
