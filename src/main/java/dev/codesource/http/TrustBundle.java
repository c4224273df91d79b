package dev.codesource.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.codesource.digest.Sha256;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * The certificates that the administrator trusts besides the public authorities, for every host: a
 * file in PEM form, which the kubelet replaces when the ConfigMap or Secret changes. It is looked
 * at every few seconds, and its certificates are read again when it has changed. A file that cannot
 * be read then changes nothing: what was trusted before stays trusted, and the log says why.
 */
public final class TrustBundle {

  /** Nothing but the public authorities. */
  public static final TrustBundle NONE =
      new TrustBundle(Optional.empty(), System::nanoTime, TrustBundle::parse);

  private static final Logger LOG = Logger.getLogger(TrustBundle.class);

  /** What a ConfigMap can hold. All public authorities have 250 KiB. */
  private static final int LONGEST_TEXT = 1 << 20;

  /** trust-manager adds the public authorities, which are about 150, on request. */
  private static final int MOST_CERTIFICATES = 1_024;

  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

  private final Optional<Path> file;
  private final Parser parser;
  private final LongSupplier nanos;
  private final AtomicLong nextLook = new AtomicLong();
  private final ReentrantLock looking = new ReentrantLock();
  private volatile Optional<TrustAnchors> certificates = Optional.empty();

  /** The digest of the file when it was last read; empty: it could not be read. */
  private String lastRead = "";

  private String lastComplaint = "";

  /** Finds the certificates of a text. */
  @FunctionalInterface
  interface Parser {
    Outcome<TrustAnchors> parse(String version, String source, String pem);
  }

  private TrustBundle(Optional<Path> file, LongSupplier nanos, Parser parser) {
    this.file = file;
    this.nanos = nanos;
    this.parser = parser;
  }

  /**
   * Reads a file that must be there and have certificates.
   *
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public static TrustBundle in(Path file) {
    return in(file, System::nanoTime);
  }

  static TrustBundle in(Path file, LongSupplier nanos) {
    return in(file, nanos, TrustBundle::parse);
  }

  static TrustBundle in(Path file, LongSupplier nanos, Parser parser) {
    TrustBundle bundle = new TrustBundle(Optional.of(file), nanos, parser);
    bundle.certificates =
        switch (bundle.read(file)) {
          case Outcome.Done<TrustAnchors>(var found) -> Optional.of(found);
          case Outcome.Refused<TrustAnchors>(var problem) ->
              throw new IllegalArgumentException(problem.what());
          case Outcome.Waiting<TrustAnchors>(var problem, _, _) ->
              throw new IllegalArgumentException(problem.what());
        };
    bundle.nextLook.set(nanos.getAsLong() + LOOK_EVERY.toNanos());
    return bundle;
  }

  /** What the file held when it was last looked at. */
  Optional<TrustAnchors> certificates() {
    return certificates;
  }

  /**
   * Looks whether the file has changed, if that was some seconds ago. One thread does; the others
   * go on at once with what was known before.
   */
  void look() {
    if (file.isEmpty() || nanos.getAsLong() - nextLook.get() < 0 || !looking.tryLock()) {
      return;
    }
    try {
      look(file.get());
    } finally {
      nextLook.set(nanos.getAsLong() + LOOK_EVERY.toNanos());
      looking.unlock();
    }
  }

  private void look(Path path) {
    switch (readIfChanged(path)) {
      case Outcome.Done<Optional<TrustAnchors>>(var found) -> {
        found.ifPresent(this::changed);
        lastComplaint = found.isPresent() ? "" : lastComplaint;
      }
      case Outcome.Refused<Optional<TrustAnchors>>(var problem) -> complain(problem);
      case Outcome.Waiting<Optional<TrustAnchors>>(var problem, _, _) -> complain(problem);
    }
  }

  private void changed(TrustAnchors found) {
    if (!certificates.map(TrustAnchors::version).equals(Optional.of(found.version()))) {
      LOG.infof("The trust bundle has %d certificates now.", found.encodings().size());
      certificates = Optional.of(found);
    }
  }

  private void complain(Problem problem) {
    if (!lastComplaint.equals(problem.what())) {
      lastComplaint = problem.what();
      LOG.warnf("%s What it held before is still trusted.", problem.what());
    }
  }

  private Outcome<TrustAnchors> read(Path path) {
    return readIfChanged(path).map(Optional::orElseThrow);
  }

  /** The certificates; empty: the file is as it was when it was last read, good or bad. */
  private Outcome<Optional<TrustAnchors>> readIfChanged(Path path) {
    String source = "trust bundle " + path;
    String before = lastRead;
    lastRead = "";
    try {
      if (Files.size(path) > LONGEST_TEXT) {
        return TrustAnchors.tooLong(source, LONGEST_TEXT).map(Optional::of);
      }
      byte[] content = Files.readAllBytes(path);
      lastRead = Sha256.hex(content);
      return lastRead.equals(before)
          ? Outcome.done(Optional.empty())
          : parser.parse(lastRead, source, new String(content, US_ASCII)).map(Optional::of);
    } catch (IOException e) {
      return Outcome.refused(Reason.CaNotFound, "The %s cannot be read.".formatted(source));
    }
  }

  private static Outcome<TrustAnchors> parse(String version, String source, String pem) {
    return TrustAnchors.parse(version, source, pem, LONGEST_TEXT, MOST_CERTIFICATES);
  }
}
