package dev.codesource.codehost.bitbucket;

import dev.codesource.codehost.CommitStatus.State;
import dev.codesource.testhost.BitbucketDataCenterStatusWording;
import dev.codesource.testhost.CommitStatusWording;
import java.util.Map;

/** Versions 7.4 to 7.21, where a build that was cancelled has failed. */
class DataCenter7CommitStatusesTest extends DataCenterCommitStatusesTest {

  @Override
  protected CommitStatusWording wording() {
    return BitbucketDataCenterStatusWording.of7();
  }

  @Override
  protected Map<State, String> words() {
    return Map.of(
        State.Pending, "INPROGRESS",
        State.Running, "INPROGRESS",
        State.Succeeded, "SUCCESSFUL",
        State.Failed, "FAILED",
        State.Cancelled, "FAILED");
  }
}
