package dev.codesource.codehost.bitbucket;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CommitStatus;
import dev.codesource.codehost.CommitStatus.State;
import dev.codesource.codehost.CommitStatusContract;
import dev.codesource.codehost.TestClient;
import dev.codesource.testhost.BitbucketCloudStatusWording;
import dev.codesource.testhost.CommitStatusWording;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CloudCommitStatusesTest extends CommitStatusContract {

  @Override
  protected Platform platform() {
    return Platform.Bitbucket;
  }

  @Override
  protected CodeHost codeHost(SiteUrl site) {
    return new Bitbucket(Clock.systemUTC(), site, new SiteUrl(site.origin(), "/2.0"));
  }

  @Override
  protected CommitStatusWording wording() {
    return new BitbucketCloudStatusWording();
  }

  @Override
  protected Map<State, String> words() {
    return Map.of(
        State.Pending, "INPROGRESS",
        State.Running, "INPROGRESS",
        State.Succeeded, "SUCCESSFUL",
        State.Failed, "FAILED",
        State.Cancelled, "STOPPED");
  }

  @Override
  protected String linkField() {
    return "url";
  }

  @Override
  protected Optional<String> linkOfNone() {
    return Optional.of(host.url() + "/team/app/commits/" + SHA);
  }

  @Override
  protected String needs() {
    return "a token with the scope repository, or read:repository:bitbucket";
  }

  @Override
  protected int longestKey() {
    return 40;
  }

  @Override
  protected boolean reachesRenamed() {
    return true;
  }

  /** Only the key is as short as that. */
  @Test
  void aNameThatIsTooLongForAKeyIsShownAllTheSame() {
    String name = "codesource/a-rather-long-trigger/with-a-long-rule";
    done(
        report(
            new CommitStatus(
                SHA, Optional.empty(), State.Failed, name, "It failed.", Optional.empty())));

    assertThat(kept().path("name").asText()).isEqualTo(name);
    assertThat(kept().path("key").asText()).isEqualTo("codesource/a-rather-long-trig-5e0c62c8b4");
  }

  /** A company's proxy for the Cloud's API. */
  @Test
  void theCloudIsFoundAtAnAddressThatDoesNotTell() {
    CodeHost elsewhere = new Bitbucket(Clock.systemUTC());

    assertThat(
            done(
                elsewhere
                    .commitStatuses(site, credential(), TestClient.open())
                    .orElseThrow()
                    .report(repository(), status(State.Succeeded))))
        .isTrue();
    assertThat(kept().path("state").asText()).isEqualTo("SUCCESSFUL");
  }
}
