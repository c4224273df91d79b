package dev.codesource.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that fails when more is read from it than is allowed. */
final class Limited extends FilterInputStream {

  private final long most;
  private long read;

  /**
   * @param most in bytes
   */
  Limited(InputStream in, long most) {
    super(in);
    this.most = most;
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    return next < 0 ? next : (int) counted(1, next);
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = super.read(into, offset, length);
    return count < 0 ? count : (int) counted(count, count);
  }

  private long counted(int more, int result) throws IOException {
    read += more;
    if (read > most) {
      throw new IOException("more than " + most + " bytes");
    }
    return result;
  }
}
