package dev.codesource.controller.binding;

import static dev.codesource.http.ScriptedHostClient.json;
import static dev.codesource.http.ScriptedHostClient.unanswered;
import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.PortPolicy;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.TestBinding;
import dev.codesource.codehost.gitlab.GitLab;
import dev.codesource.credential.Credential;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.CachedObjects;
import dev.codesource.runtime.HostQueue;
import dev.codesource.runtime.Shard;
import dev.codesource.runtime.StartBarrier;
import dev.codesource.status.Finding;
import dev.codesource.status.Publishing;
import dev.codesource.status.StatusReport;
import dev.codesource.verification.Claim;
import dev.codesource.verification.Verifier;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BindingVerifierTest {

  private final AdjustableClock clock = new AdjustableClock();
  private final ScriptedHostClient host = new ScriptedHostClient();
  private final GitLab gitLab = new GitLab(clock);
  private final HostLimiter limiter = new HostLimiter(8, clock, new Random(1));
  private final Verifier verifier =
      new Verifier(
          PortPolicy.parse("80", "443"),
          HostPolicy.parse(List.of(), List.of(), List.of(), List.of()),
          host,
          limiter,
          clock);
  private final BindingVerifier bindings =
      new BindingVerifier(
          verifier,
          new BindingMetrics(
              new SimpleMeterRegistry(),
              limiter,
              new HostQueue(limiter, clock),
              Shard.WHOLE,
              new StartBarrier(Shard.WHOLE, clock),
              clock),
          clock);
  private final CachedObjects cache = new CachedObjects();
  private final SiteUrl site =
      done(verifier.site(gitLab, Optional.of("https://gitlab.example.com")));

  private CodeSourceBinding binding =
      TestBinding.withSpec(
          """
          platform: GitLab
          url: https://gitlab.example.com
          username: alice
          tokenSecretRef: {name: token}
          interval: 1h
          """);

  @BeforeEach
  void theHostAnswers() {
    binding.getMetadata().setGeneration(1L);
    answers("expires_at", "null");
  }

  @AfterEach
  void nobodyHasChangedWhatTheCacheHolds() {
    cache.assertUnchanged();
  }

  private void answers(String field, String value) {
    host.on(
        "GET /api/v4/personal_access_tokens/self",
        json(200, "{\"scopes\":[\"api\"],\"%s\":%s,\"active\":true}".formatted(field, value)));
    host.on("GET /api/v4/user", json(200, "{\"username\":\"alice\",\"id\":42}"));
  }

  private void theHostIsDown() {
    host.on("GET /api/v4/personal_access_tokens/self", unanswered(Reason.ConnectionRefused));
  }

  private Claim claim(String version) {
    return new Claim(
        "team-a",
        gitLab,
        site,
        "alice",
        new Credential(
            Credential.of("glpat-of-alice-0123456789").token(),
            Optional.empty(),
            Credential.Source.PERSON,
            version),
        Optional.empty());
  }

  private Finding verify() {
    return verify("1");
  }

  /** Verifies, and writes the status as the reconciler does: into a new object. */
  private Finding verify(String version) {
    CodeSourceBinding cached = cache.cached(binding);
    VerificationResult result = bindings.verify(cached, Outcome.done(site), claim(version));
    BindingStatus next =
        StatusReport.next(
            cached.getStatus(), result.observation(), new Publishing.NotAsked(), clock.instant());
    CodeSourceBinding updated = copy();
    updated.setStatus(next);
    binding = updated;
    return result.finding();
  }

  private CodeSourceBinding copy() {
    CodeSourceBinding copy = new CodeSourceBinding();
    copy.setMetadata(binding.getMetadata().edit().build());
    copy.setSpec(binding.getSpec());
    copy.setStatus(binding.getStatus());
    return copy;
  }

  private void requestVerification(String value) {
    CodeSourceBinding updated = copy();
    updated.getMetadata().setAnnotations(Map.of(CodeSourceBinding.REQUESTED_AT, value));
    binding = updated;
  }

  private int requests() {
    return host.asked().size();
  }

  @Test
  void aFreshProofSendsNothing() {
    assertThat(verify()).isInstanceOf(Finding.Proven.class);
    clock.advance(Duration.ofMinutes(30));
    assertThat(verify()).isInstanceOf(Finding.StillProven.class);
    assertThat(requests()).isEqualTo(2);
  }

  @Test
  void afterTheIntervalTheAccessIsProvenAgain() {
    verify();
    clock.advance(Duration.ofMinutes(70));
    assertThat(verify()).isInstanceOf(Finding.Proven.class);
    assertThat(requests()).isEqualTo(4);
  }

  @Test
  void anotherVersionOfTheSecretIsAnotherClaim() {
    verify("1");
    assertThat(verify("2")).isInstanceOf(Finding.Proven.class);
    assertThat(requests()).isEqualTo(4);
  }

  @Test
  void aRequestByTheUserIsHandledOnce() {
    verify();
    requestVerification("now");
    assertThat(verify()).isInstanceOf(Finding.Proven.class);
    assertThat(binding.getStatus().lastHandledRequestedAt()).isEqualTo("now");
    assertThat(verify()).isInstanceOf(Finding.StillProven.class);
    assertThat(requests()).isEqualTo(4);
  }

  @Test
  void anOutageKeepsTheProofAndOnlyAnAnswerEndsIt() {
    verify();
    clock.advance(Duration.ofMinutes(70));
    theHostIsDown();

    assertThat(verify())
        .isInstanceOfSatisfying(
            Finding.NotProven.class, found -> assertThat(found.keepsProof()).isTrue());
    assertThat(binding.getStatus().phase()).isEqualTo(BindingStatus.Phase.Bound);

    clock.advance(Duration.ofMinutes(1));
    answers("expires_at", "null");
    assertThat(verify()).isInstanceOf(Finding.Proven.class);
  }

  @Test
  void anOutageDoesNotKeepAProofBeyondTheKnownExpiry() {
    answers(
        "expires_at",
        "\"" + clock.instant().plus(Duration.ofDays(2)).toString().substring(0, 10) + "\"");
    verify();
    clock.advance(Duration.ofDays(3));
    theHostIsDown();

    assertThat(verify())
        .isInstanceOfSatisfying(
            Finding.NotProven.class,
            found -> {
              assertThat(found.problem().reason()).isEqualTo(Reason.TokenExpired);
              assertThat(found.keepsProof()).isFalse();
            });
    assertThat(binding.getStatus().phase()).isEqualTo(BindingStatus.Phase.Failed);
  }

  @Test
  void anAnswerIsBelievedAtOnce() {
    verify();
    clock.advance(Duration.ofMinutes(70));
    host.on("GET /api/v4/personal_access_tokens/self", json(401, "{\"message\":\"401\"}"));

    assertThat(verify())
        .isInstanceOfSatisfying(
            Finding.NotProven.class, found -> assertThat(found.keepsProof()).isFalse());
  }
}
