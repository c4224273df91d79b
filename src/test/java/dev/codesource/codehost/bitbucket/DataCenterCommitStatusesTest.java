package dev.codesource.codehost.bitbucket;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CommitStatus.State;
import dev.codesource.codehost.CommitStatusContract;
import dev.codesource.testhost.BitbucketDataCenterStatusWording;
import dev.codesource.testhost.CommitStatusWording;
import java.util.Map;
import java.util.Optional;

/** Version 8.0 and later. */
class DataCenterCommitStatusesTest extends CommitStatusContract {

  @Override
  protected Platform platform() {
    return Platform.Bitbucket;
  }

  @Override
  protected CommitStatusWording wording() {
    return BitbucketDataCenterStatusWording.current();
  }

  @Override
  protected String path() {
    return "TEAM/app";
  }

  @Override
  protected String otherPath() {
    return "TEAM/renamed";
  }

  @Override
  protected Map<State, String> words() {
    return Map.of(
        State.Pending, "INPROGRESS",
        State.Running, "INPROGRESS",
        State.Succeeded, "SUCCESSFUL",
        State.Failed, "FAILED",
        State.Cancelled, "CANCELLED");
  }

  @Override
  protected String linkField() {
    return "url";
  }

  @Override
  protected Optional<String> linkOfNone() {
    return Optional.of(host.url() + "/projects/TEAM/repos/app/commits/" + SHA);
  }

  @Override
  protected String needs() {
    return "the right to read the repository, of the account and of the token";
  }

  @Override
  protected int longestKey() {
    return 255;
  }

  @Override
  protected boolean answersWithJson() {
    return false;
  }
}
