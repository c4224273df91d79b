package dev.codesource.git;

import dev.codesource.digest.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Branches and tags with the commits that they name. Packed, since a repository may have tens of
 * thousands: a ref takes its name, the commit's id and 4 bytes.
 */
public final class Refs {

  /** No refs at all: an empty repository. */
  public static final Refs NONE = new Builder().build();

  private static final HexFormat HEX = HexFormat.of();

  /** Of the compact form. */
  private static final int VERSION = 1;

  /** All names in ascending order of their bytes, one after the other. */
  private final byte[] names;

  /** Where each name ends. */
  private final int[] ends;

  /** All ids in the order of the names. */
  private final byte[] ids;

  private Refs(byte[] names, int[] ends, byte[] ids) {
    this.names = names;
    this.ends = ends;
    this.ids = ids;
  }

  /** The number of refs. */
  public int size() {
    return ends.length;
  }

  /**
   * The commit of a ref, in lower-case hexadecimal digits: 40, or 64 with SHA-256.
   *
   * @param name the full name, such as {@code refs/heads/main}
   * @return empty: there is no such ref
   */
  public Optional<String> commit(String name) {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    int low = 0;
    int high = ends.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order =
          Arrays.compareUnsigned(names, start(middle), ends[middle], wanted, 0, wanted.length);
      if (order == 0) {
        return Optional.of(id(middle));
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  /**
   * The refs whose names begin so, with shorter ids.
   *
   * @param idBytes the number of bytes that are kept of each id
   */
  public Refs below(String prefix, int idBytes) {
    byte[] beginning = prefix.getBytes(StandardCharsets.UTF_8);
    int first = 0;
    while (first < ends.length && !begins(first, beginning)) {
      first++;
    }
    int last = first;
    while (last < ends.length && begins(last, beginning)) {
      last++;
    }
    return first == last ? NONE : part(first, last, idBytes);
  }

  private boolean begins(int index, byte[] prefix) {
    int start = start(index);
    return ends[index] - start >= prefix.length
        && Arrays.equals(names, start, start + prefix.length, prefix, 0, prefix.length);
  }

  /** Those from the first to the one before the last, in arrays of their own. */
  private Refs part(int first, int last, int idBytes) {
    int start = start(first);
    int[] partEnds = new int[last - first];
    int idLength = ids.length / ends.length;
    int kept = Math.min(idLength, idBytes);
    byte[] partIds = new byte[kept * partEnds.length];
    for (int i = first; i < last; i++) {
      partEnds[i - first] = ends[i] - start;
      System.arraycopy(ids, i * idLength, partIds, (i - first) * kept, kept);
    }
    return new Refs(Arrays.copyOfRange(names, start, ends[last - 1]), partEnds, partIds);
  }

  /** A digest that two equal lists share, and no others (SHA-256, hexadecimal). */
  public String digest() {
    MessageDigest digest = Sha256.begin();
    for (int end : ends) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(end).array());
    }
    digest.update(names);
    return HEX.formatHex(digest.digest(ids));
  }

  /** A compact form that {@link #of} reads. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataOutputStream data =
        new DataOutputStream(
            new DeflaterOutputStream(out, new Deflater(Deflater.BEST_COMPRESSION)))) {
      data.writeByte(VERSION);
      data.writeInt(size());
      data.writeByte(size() == 0 ? 0 : ids.length / size());
      for (int i = 0; i < ends.length; i++) {
        int start = start(i);
        int shared = i == 0 ? 0 : shared(start(i - 1), start, start, ends[i]);
        data.writeShort(shared);
        data.writeShort(ends[i] - start - shared);
        data.write(names, start + shared, ends[i] - start - shared);
      }
      data.write(ids);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** With how many bytes two names begin alike. */
  private int shared(int one, int oneEnd, int other, int otherEnd) {
    int mismatch = Arrays.mismatch(names, one, oneEnd, names, other, otherEnd);
    return mismatch < 0 ? oneEnd - one : mismatch;
  }

  /**
   * Reads what {@link #toBytes} has written.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Refs of(byte[] bytes) {
    try (DataInputStream data =
        new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(bytes)))) {
      int version = data.readUnsignedByte();
      int size = data.readInt();
      int idLength = data.readUnsignedByte();
      if (version != VERSION || size < 0 || size > RefFilter.MOST || idLength > 32) {
        throw new IllegalArgumentException("These are no refs of this version.");
      }
      int[] ends = new int[size];
      ByteArrayOutputStream names = new ByteArrayOutputStream();
      byte[] last = new byte[0];
      for (int i = 0; i < size; i++) {
        int shared = data.readUnsignedShort();
        int own = data.readUnsignedShort();
        // Whoever may write the Secret may have written something else into it.
        if (shared > last.length
            || shared + own > RefFilter.MAX_FULL_NAME
            || names.size() + shared + own > RefFilter.MOST_BYTES) {
          throw new IllegalArgumentException("These are no names of refs.");
        }
        byte[] name = Arrays.copyOf(last, shared + own);
        data.readFully(name, shared, own);
        names.write(name);
        ends[i] = names.size();
        last = name;
      }
      byte[] ids = new byte[size * idLength];
      data.readFully(ids);
      return new Refs(names.toByteArray(), ends, ids);
    } catch (IOException e) {
      throw new IllegalArgumentException("These are no refs.", e);
    }
  }

  /** Gives each ref's full name and commit, in the order of the names. */
  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < ends.length; i++) {
      action.accept(name(i), id(i));
    }
  }

  /** Whether a text is part of the names. */
  boolean contains(String text) {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i + wanted.length <= names.length; i++) {
      if (Arrays.equals(names, i, i + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  private String name(int index) {
    int start = start(index);
    return new String(names, start, ends[index] - start, StandardCharsets.UTF_8);
  }

  private int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  private String id(int index) {
    int length = ids.length / ends.length;
    return HEX.formatHex(ids, index * length, (index + 1) * length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Refs that
        && Arrays.equals(names, that.names)
        && Arrays.equals(ends, that.ends)
        && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return size() + " refs";
  }

  /** Collects refs in any order. */
  public static final class Builder {

    private static final class Ref {
      private final byte[] name;
      private final byte[] id;

      Ref(byte[] name, byte[] id) {
        this.name = name;
        this.id = id;
      }
    }

    private final List<Ref> refs = new ArrayList<>();

    /**
     * Adds a ref.
     *
     * @param name the full name
     * @param commit hexadecimal digits, as many as in all other refs
     * @throws IllegalArgumentException if the commit is none
     */
    public Builder add(String name, String commit) {
      refs.add(new Ref(name.getBytes(StandardCharsets.UTF_8), HEX.parseHex(commit)));
      return this;
    }

    /** The number of refs so far. */
    public int size() {
      return refs.size();
    }

    /**
     * The refs. Of two with the same name the first one counts.
     *
     * @throws IllegalArgumentException if ids have different lengths
     */
    public Refs build() {
      refs.sort((one, other) -> Arrays.compareUnsigned(one.name, other.name));
      List<Ref> distinct = new ArrayList<>(refs.size());
      for (Ref ref : refs) {
        if (distinct.isEmpty() || !Arrays.equals(distinct.getLast().name, ref.name)) {
          distinct.add(ref);
        }
      }
      int[] ends = new int[distinct.size()];
      int length = 0;
      for (int i = 0; i < ends.length; i++) {
        length += distinct.get(i).name.length;
        ends[i] = length;
      }
      int idLength = distinct.isEmpty() ? 0 : distinct.getFirst().id.length;
      byte[] names = new byte[length];
      byte[] ids = new byte[idLength * ends.length];
      for (int i = 0; i < ends.length; i++) {
        Ref ref = distinct.get(i);
        if (ref.id.length != idLength) {
          throw new IllegalArgumentException("The ids of one repository have one length.");
        }
        System.arraycopy(ref.name, 0, names, ends[i] - ref.name.length, ref.name.length);
        System.arraycopy(ref.id, 0, ids, i * idLength, idLength);
      }
      return new Refs(names, ends, ids);
    }
  }
}
