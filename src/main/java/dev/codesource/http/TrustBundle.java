package dev.codesource.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * The certificates that the administrator trusts besides the public authorities, for every host: a
 * file in PEM form, which the kubelet replaces when the ConfigMap or Secret changes. It is read
 * again when it has changed. A file that cannot be read then changes nothing: what was trusted
 * before stays trusted, and the log says why.
 */
public final class TrustBundle {

  /** Nothing but the public authorities. */
  public static final TrustBundle NONE = new TrustBundle(Optional.empty(), System::nanoTime);

  private static final Logger LOG = Logger.getLogger(TrustBundle.class);

  /** What a ConfigMap can hold. All public authorities have 250 KiB. */
  private static final int LONGEST_TEXT = 1 << 20;

  /** trust-manager adds the public authorities, which are about 150, on request. */
  private static final int MOST_CERTIFICATES = 1_024;

  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

  private final Optional<Path> file;
  private final LongSupplier nanos;
  private Optional<TrustAnchors> certificates = Optional.empty();
  private String lastComplaint = "";
  private long nextLook;

  private TrustBundle(Optional<Path> file, LongSupplier nanos) {
    this.file = file;
    this.nanos = nanos;
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
    TrustBundle bundle = new TrustBundle(Optional.of(file), nanos);
    bundle.certificates =
        switch (read(file)) {
          case Outcome.Done<TrustAnchors>(var found) -> Optional.of(found);
          case Outcome.Refused<TrustAnchors>(var problem) ->
              throw new IllegalArgumentException(problem.what());
          case Outcome.Waiting<TrustAnchors>(var problem, _, _) ->
              throw new IllegalArgumentException(problem.what());
        };
    bundle.nextLook = nanos.getAsLong() + LOOK_EVERY.toNanos();
    return bundle;
  }

  /** What the file holds now, or a few seconds ago. */
  synchronized Optional<TrustAnchors> certificates() {
    if (file.isPresent() && nanos.getAsLong() - nextLook >= 0) {
      nextLook = nanos.getAsLong() + LOOK_EVERY.toNanos();
      look(file.get());
    }
    return certificates;
  }

  private void look(Path path) {
    switch (read(path)) {
      case Outcome.Done<TrustAnchors>(var found) -> {
        if (!certificates.map(TrustAnchors::version).equals(Optional.of(found.version()))) {
          LOG.infof("The trust bundle has %d certificates now.", found.certificates().size());
          certificates = Optional.of(found);
        }
        lastComplaint = "";
      }
      case Outcome.Refused<TrustAnchors>(var problem) -> complain(problem);
      case Outcome.Waiting<TrustAnchors>(var problem, _, _) -> complain(problem);
    }
  }

  private void complain(Problem problem) {
    if (!lastComplaint.equals(problem.what())) {
      lastComplaint = problem.what();
      LOG.warnf("%s What it held before is still trusted.", problem.what());
    }
  }

  private static Outcome<TrustAnchors> read(Path path) {
    String source = "trust bundle " + path;
    try {
      if (Files.size(path) > LONGEST_TEXT) {
        return TrustAnchors.tooLong(source, LONGEST_TEXT);
      }
      byte[] content = Files.readAllBytes(path);
      return TrustAnchors.parse(
          digest(content), source, new String(content, US_ASCII), LONGEST_TEXT, MOST_CERTIFICATES);
    } catch (IOException e) {
      return Outcome.refused(Reason.CaNotFound, "The %s cannot be read.".formatted(source));
    }
  }

  private static String digest(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
