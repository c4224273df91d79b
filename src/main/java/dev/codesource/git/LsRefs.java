package dev.codesource.git;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answers of a git server: what it offers at {@code info/refs}, and which refs there are.
 * A server of protocol 2 offers capabilities first and is then asked for the refs
 * (https://git-scm.com/docs/protocol-v2); one of protocol 0 or 1 answers with all refs at once
 * (https://git-scm.com/docs/http-protocol#_smart_clients).
 *
 * <p>An annotated tag counts as the commit that it stands for: protocol 2 says {@code peeled:},
 * protocol 0 adds a line {@code refs/tags/name^{}}. Names that are not UTF-8, or longer than
 * {@value RefFilter#MAX_NAME} bytes, are left out. Reading ends when there is no memory for more.
 */
final class LsRefs implements PktLines.Consumer {

  private static final Pattern REF =
      Pattern.compile(
          "(?<id>[0-9a-f]{40}|[0-9a-f]{64}) (?<name>[^ \\x00-\\x20\\x7f]+)(?<attributes>( .*)?)");

  private static final Pattern PEELED =
      Pattern.compile("(?:^| )peeled:(?<id>[0-9a-f]{40}|[0-9a-f]{64})(?= |$)");

  private static final Pattern OBJECT_FORMAT =
      Pattern.compile("(?:^|[ \\x00])object-format=(?<format>[a-z0-9]+)");

  private static final String OF_TAG = "^{}";

  /** What the server turned out to speak. */
  enum Kind {
    UNKNOWN,
    /** Protocol 2: the refs are asked for in a second request. */
    CAPABILITIES,
    /** The refs themselves. */
    REFS
  }

  private final RefFilter filter;
  private final RefsMemory.Share memory;
  private final PktLines lines = new PktLines(this);
  private final Refs.Builder refs = new Refs.Builder();
  private Kind kind;
  private boolean offersLsRefs;
  private boolean isAfterService;
  private boolean saysService;
  private boolean isEnded;
  private boolean isTooMany;
  private boolean isOutOfMemory;
  private boolean isMalformed;
  private @Nullable String objectFormat;

  /** In protocol 0 the line after a tag may tell its commit. */
  private @Nullable String lastName;

  private @Nullable String lastId;

  /** Of all names so far. */
  private int bytes;

  private LsRefs(RefFilter filter, RefsMemory.Share memory, Kind kind) {
    this.filter = filter;
    this.memory = memory;
    this.kind = kind;
  }

  /** Reads the answer to {@code GET info/refs?service=git-upload-pack}. */
  static LsRefs ofOffer(RefFilter filter, RefsMemory.Share memory) {
    return new LsRefs(filter, memory, Kind.UNKNOWN);
  }

  /** Reads the answer to {@code POST git-upload-pack} with {@code command=ls-refs}. */
  static LsRefs ofAnswer(RefFilter filter, RefsMemory.Share memory) {
    return new LsRefs(filter, memory, Kind.REFS);
  }

  /** Takes the next bytes, and says whether more are wanted. */
  boolean read(byte[] piece) {
    try {
      return lines.read(piece);
    } catch (PktLines.MalformedException e) {
      isMalformed = true;
      return false;
    }
  }

  Kind kind() {
    return kind;
  }

  /** Whether protocol 2 is offered with the command {@code ls-refs}. */
  boolean offersLsRefs() {
    return offersLsRefs;
  }

  /** Such as {@code sha1}; empty: the server does not say. */
  Optional<String> objectFormat() {
    return Optional.ofNullable(objectFormat);
  }

  boolean isTooMany() {
    return isTooMany;
  }

  /** Whether it was not read to the end, since others hold the memory that it takes. */
  boolean isOutOfMemory() {
    return isOutOfMemory;
  }

  /** Whether all of it was read, and had the format. */
  boolean isWhole() {
    return isEnded && !isMalformed;
  }

  Refs refs() {
    keepLast();
    return refs.build();
  }

  @Override
  public boolean line(byte[] line) {
    if (isEnded) {
      return false;
    }
    String text = new String(line, StandardCharsets.ISO_8859_1);
    return switch (kind) {
      case UNKNOWN -> first(line, text);
      case CAPABILITIES -> {
        offersLsRefs |= text.equals("ls-refs") || text.startsWith("ls-refs=");
        format(text);
        yield true;
      }
      case REFS -> ref(line);
    };
  }

  private boolean first(byte[] line, String text) {
    if (text.equals("# service=git-upload-pack") && !saysService) {
      saysService = true;
      isAfterService = true;
      return true;
    }
    if (text.equals("version 2")) {
      kind = Kind.CAPABILITIES;
      return true;
    }
    if (!saysService) {
      throw new PktLines.MalformedException("A smart server says first what it serves.");
    }
    kind = Kind.REFS;
    // Protocol 1 is protocol 0 with this line in front.
    return text.equals("version 1") || ref(line);
  }

  private void format(String text) {
    Matcher format = OBJECT_FORMAT.matcher(text);
    if (format.find()) {
      objectFormat = format.group("format");
    }
  }

  @Override
  public boolean flush() {
    if (isAfterService) {
      isAfterService = false;
      return true;
    }
    if (kind == Kind.UNKNOWN && saysService) {
      kind = Kind.REFS; // an empty repository
    }
    isEnded = kind != Kind.UNKNOWN;
    // Read to the end, since a connection whose answer is cut off is not used again.
    return isEnded;
  }

  private boolean ref(byte[] line) {
    Optional<String> text = utf8(beforeCapabilities(line));
    Matcher ref = REF.matcher(text.orElse(""));
    if (!ref.matches()) {
      // A name that is no UTF-8, "unborn HEAD", or "shallow".
      return true;
    }
    String name = ref.group("name");
    if (name.endsWith(OF_TAG)) {
      if (name.equals(lastName + OF_TAG)) {
        lastId = ref.group("id");
      }
      return true;
    }
    keepLast();
    if (!filter.wants(name)) {
      return true;
    }
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    bytes += length;
    if (refs.size() >= filter.most() || bytes > RefFilter.MOST_BYTES) {
      isTooMany = true;
      return false;
    }
    if (!memory.takeRef(length)) {
      isOutOfMemory = true;
      return false;
    }
    Matcher peeled = PEELED.matcher(ref.group("attributes"));
    lastName = name;
    lastId = peeled.find() ? peeled.group("id") : ref.group("id");
    return true;
  }

  private void keepLast() {
    if (lastName != null && lastId != null) {
      refs.add(lastName, lastId);
    }
    lastName = null;
    lastId = null;
  }

  /** The first line of protocol 0 has the capabilities behind a NUL. */
  private static byte[] beforeCapabilities(byte[] line) {
    for (int i = 0; i < line.length; i++) {
      if (line[i] == 0) {
        return Arrays.copyOf(line, i);
      }
    }
    return line;
  }

  private static Optional<String> utf8(byte[] line) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
