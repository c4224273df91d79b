package dev.codesource.codehost.bitbucket;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.codehost.CommitStatus.State;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.BitbucketDataCenterStatusWording;
import dev.codesource.testhost.CommitStatusWording;
import org.junit.jupiter.api.Test;

/** Versions before 7.4, which have statuses of commits in whatever repository. */
class OldDataCenterCommitStatusesTest extends DataCenter7CommitStatusesTest {

  @Override
  protected CommitStatusWording wording() {
    return BitbucketDataCenterStatusWording.old();
  }

  @Override
  protected boolean knowsRepositories() {
    return false;
  }

  @Test
  void theFormerAddressIsTriedAfterTheOther() {
    assertThat(done(report(status(State.Succeeded)))).isTrue();

    assertThat(host.asked())
        .extracting(Asked::path)
        .containsExactly(
            "/rest/api/1.0/projects/TEAM/repos/app/commits/%s/builds".formatted(SHA),
            "/rest/build-status/1.0/commits/" + SHA);
  }
}
