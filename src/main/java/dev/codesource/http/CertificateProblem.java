package dev.codesource.http;

import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.security.cert.CertificateException;

/** Why a certificate was refused: passes through the TLS engine to the caller. */
final class CertificateProblem extends CertificateException {
  private final Reason reason;
  private final String what;

  CertificateProblem(Reason reason, String what, CertificateException cause) {
    super(what, cause);
    this.reason = reason;
    this.what = what;
  }

  Problem problem() {
    return new Problem(reason, what);
  }
}
