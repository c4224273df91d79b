package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.gitserver.GitClient;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real git clones a private repository with each published Secret, used as its consumer's
 * documents and sources say.
 */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GitCloneIT {

  private static final String README = "private to the last letter";

  /** With characters that mean something in URLs, in .netrc and to shells. */
  private static final String TOKEN = "glpat-p@ss:w/o%20r+d?#&$'x";

  private final Cluster cluster;

  private Path folder;
  private OperatorProcess operator;
  private LoopbackCodeHost gitLab;
  private Team team;

  GitCloneIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void publishEverything(@TempDir Path folder) {
    this.folder = folder;
    GitClient.repository(folder, "repositories/team/app.git", README);
    gitLab =
        LoopbackCodeHost.http(Dialect.gitLab())
            .grant(TOKEN, Grant.of("alice", "api"))
            .serving(
                "/team", new GitHttpBackend(folder.resolve("repositories"), "", "alice:" + TOKEN));
    operator = OperatorProcess.start(Installation.of(cluster).kubeconfig(), Map.of());
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), TOKEN);
    team.bind(
        "code",
        "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}, publish: [ServiceBinding, Flux, ArgoCD, Tekton, Kpack, Shipwright, BuildKit, Git]"
            .formatted(gitLab.url()));
    team.await("code", Reason.Bound);
  }

  @AfterAll
  void stop() {
    operator.close();
    gitLab.close();
  }

  @Test
  void nobodyClonesWithoutTheCredential() {
    assertThat(git().clone(repository()).succeeded()).isFalse();
    assertThat(git().answering("alice", TOKEN + "x").clone(repository()).succeeded()).isFalse();
    assertThat(git().answering("bob", TOKEN).clone(repository()).succeeded()).isFalse();
  }

  @TestFactory
  Stream<DynamicTest> eachFormClones() {
    return Stream.of(
        form("ServiceBinding: uri, username and password", this::serviceBinding),
        form("Flux: username and password", () -> basic("code-flux")),
        form("Argo CD: those of the longest url that the repository's begins with", this::argoCd),
        form("Tekton: a ServiceAccount's Secret, by its annotation", this::tektonServiceAccount),
        form("Tekton: the workspace basic-auth", this::tektonWorkspace),
        form("kpack: username and password, by the annotation", this::kpack),
        form("Shipwright: a credential store made of url, username and password", this::shipwright),
        form("BuildKit: the header of its build secret", this::buildKit),
        form("Git: .git-credentials", this::gitCredentials),
        form("Git: .netrc", () -> git().file(".netrc", value("code-git", ".netrc"))));
  }

  @Test
  void everyEntryOfPublishIsAmongThem() {
    List<String> forms =
        eachFormClones()
            .map(form -> form.getDisplayName().replace(" ", "").toLowerCase(Locale.ROOT))
            .toList();
    assertThat(Publication.values())
        .allSatisfy(
            entry ->
                assertThat(forms)
                    .anyMatch(
                        form -> form.startsWith(entry.name().toLowerCase(Locale.ROOT) + ":")));
  }

  private DynamicTest form(String name, Supplier<GitClient> client) {
    return dynamicTest(
        name,
        () -> assertThat(client.get().clone(repository()).orFail().stdout()).isEqualTo(README));
  }

  private GitClient serviceBinding() {
    String name = Objects.requireNonNull(team.get("code").getStatus().binding()).name();
    String secret = Objects.requireNonNull(name);
    assertThat(value(secret, "uri") + "/team/app.git").isEqualTo(repository());
    return basic(secret);
  }

  /** getRepositoryCredentialIndex of Argo CD's util/db/repository_secrets.go. */
  private GitClient argoCd() {
    assertThat(repository()).startsWith(value("code-argocd", "url"));
    assertThat("http://127.0.0.1:" + gitLab.port() + "0/team/app.git")
        .as("another site whose address begins alike")
        .doesNotStartWith(value("code-argocd", "url"));
    return basic("code-argocd");
  }

  /** What Tekton's pkg/credentials/gitcreds/basic.go makes of a Secret with its annotation. */
  private GitClient tektonServiceAccount() {
    String url = secret("code-tekton").getMetadata().getAnnotations().get("tekton.dev/git-0");
    return git()
        .file(
            ".gitconfig",
            "[credential]\n\thelper = store\n[credential \"%s\"]\n\tusername = %s\n"
                .formatted(url, value("code-tekton", "username")))
        .file(".git-credentials", withLogin(Objects.requireNonNull(url), "code-tekton") + "\n");
  }

  /** git-clone copies the two files to its home. */
  private GitClient tektonWorkspace() {
    return git()
        .file(".gitconfig", value("code-tekton-gitconfig", ".gitconfig"))
        .file(".git-credentials", value("code-tekton-gitconfig", ".git-credentials"));
  }

  private GitClient kpack() {
    assertThat(secret("code-kpack").getMetadata().getAnnotations())
        .containsEntry("kpack.io/git", "http://" + URI.create(repository()).getAuthority());
    return basic("code-kpack");
  }

  /** As cmd/git of Shipwright does, which takes basic authentication for https alone. */
  private GitClient shipwright() {
    return git()
        .file("store", withLogin(repository(), "code-shipwright"))
        .config("credential.helper", "store --file ~/store");
  }

  /** As getAuthToken of BuildKit's source/git/source.go does, for the address of the repository. */
  private GitClient buildKit() {
    String buildSecret = "GIT_AUTH_HEADER." + URI.create(repository()).getAuthority();
    return git()
        .config(
            "http.%s.extraheader".formatted(repository()),
            "Authorization: " + value("code-buildkit", buildSecret.replace(':', '_')));
  }

  private GitClient gitCredentials() {
    return git()
        .file(".git-credentials", value("code-git", ".git-credentials"))
        .config("credential.helper", "store");
  }

  private GitClient basic(String secret) {
    return git().answering(value(secret, "username"), value(secret, "password"));
  }

  private GitClient git() {
    return new GitClient(folder);
  }

  private String repository() {
    return gitLab.url() + "/team/app.git";
  }

  private String withLogin(String url, String secret) {
    return url.replaceFirst(
        "//",
        "//%s:%s@"
            .formatted(encoded(value(secret, "username")), encoded(value(secret, "password")))
            .replace("$", "\\$"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private String value(String secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret(secret).getData().get(key)), StandardCharsets.UTF_8);
  }

  private Secret secret(String name) {
    return Objects.requireNonNull(
        cluster.admin().secrets().inNamespace(team.namespace()).withName(name).get(), name);
  }
}
