package dev.codesource.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.InstanceType;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.BindingSpec.RegistryInstance;
import dev.codesource.api.Platform;
import dev.codesource.codehost.GitLogin;
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Done;
import dev.codesource.reason.Outcome.Refused;
import dev.codesource.reason.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each Secret to the letter, after its consumer's documents. */
class ConsumersTest {

  private static final String CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

  private static final SiteUrl SUB_PATH =
      new SiteUrl(new Origin(Origin.Scheme.HTTP, "git.corp.example", 8080), "/gitlab");

  /** Everything that can be there: a port, a path, a CA, a registry, characters to be encoded. */
  private static final SecretContent FULL =
      new SecretContent(
          Platform.GitLab,
          SUB_PATH,
          new GitLogin("alice@corp", new Token("to/k:e@n%")),
          Optional.of(CA),
          Optional.of(new RegistryInstance(InstanceType.Enterprise, "eu-central-1", "images")));

  private static final SecretContent BARE =
      new SecretContent(
          Platform.GitHub,
          new SiteUrl(new Origin(Origin.Scheme.HTTPS, "github.com", 443), ""),
          new GitLogin("octocat", new Token("ghp_1")),
          Optional.empty(),
          Optional.empty());

  @ParameterizedTest
  @EnumSource(Publication.class)
  void everyEntryHasAConsumerAndItsSecretsAreKnownByTheirLabels(Publication entry) {
    assertThat(Consumers.all().map(Consumer::publication)).contains(entry);
    assertThat(secrets(FULL, entry))
        .isNotEmpty()
        .allSatisfy(
            secret -> {
              assertThat(secret.publication()).isEqualTo(entry);
              assertThat(secret.labels())
                  .containsEntry("codesource.dev/published-for", entry.name())
                  .containsEntry("app.kubernetes.io/managed-by", "code-source-operator");
              assertThat(secret.annotations())
                  .containsEntry("codesource.dev/registry-type", "Enterprise")
                  .containsEntry("codesource.dev/registry-region", "eu-central-1")
                  .containsEntry("codesource.dev/registry-name", "images");
              assertThat(secret.toString()).doesNotContain("to/k:e@n%", "to%2F");
            });
    assertThat(secrets(BARE, entry))
        .allSatisfy(
            secret ->
                assertThat(secret.annotations().keySet())
                    .noneMatch(key -> key.startsWith("codesource.dev/")));
  }

  @ParameterizedTest
  @EnumSource(Publication.class)
  void allThatIsComparedIsKeptInMemory(Publication entry) {
    assertThat(secrets(FULL, entry))
        .allSatisfy(
            secret -> {
              assertThat(PublishedParts.LABELS).containsAll(secret.labels().keySet());
              assertThat(PublishedParts.ANNOTATIONS).containsAll(secret.annotations().keySet());
              assertThat(secret.data().keySet())
                  .allMatch(
                      key -> PublishedParts.DATA.contains(key) || PublishedParts.namesTheSite(key));
              assertThat(secret.data().keySet().stream().filter(PublishedParts::namesTheSite))
                  .hasSizeLessThanOrEqualTo(1);
            });
  }

  @Test
  void serviceBindingIsAProvisionedServicesSecret() {
    DesiredSecret secret = only(FULL, Publication.ServiceBinding);

    assertThat(secret.name()).isEqualTo("team-servicebinding");
    assertThat(secret.type()).isEqualTo("servicebinding.io/git");
    assertThat(secret.data())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("type", "git"),
                Map.entry("provider", "gitlab"),
                Map.entry("uri", "http://git.corp.example:8080/gitlab"),
                Map.entry("host", "git.corp.example"),
                Map.entry("port", "8080"),
                Map.entry("username", "alice@corp"),
                Map.entry("password", "to/k:e@n%"),
                Map.entry("ca.crt", CA),
                Map.entry("registry-type", "Enterprise"),
                Map.entry("registry-region", "eu-central-1"),
                Map.entry("registry-name", "images")));
    assertThat(only(BARE, Publication.ServiceBinding).data())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "type", "git",
                "provider", "github",
                "uri", "https://github.com",
                "host", "github.com",
                "port", "443",
                "username", "octocat",
                "password", "ghp_1"));
  }

  @Test
  void fluxGetsBasicAuthenticationAndTheCa() {
    DesiredSecret secret = only(FULL, Publication.Flux);

    assertThat(secret.name()).isEqualTo("team-flux");
    assertThat(secret.type()).isEqualTo("Opaque");
    assertThat(secret.data())
        .isEqualTo(Map.of("username", "alice@corp", "password", "to/k:e@n%", "ca.crt", CA));
    assertThat(only(BARE, Publication.Flux).data())
        .isEqualTo(Map.of("username", "octocat", "password", "ghp_1"));
  }

  @Test
  void argoCdGetsATemplateWhoseUrlEndsInASlash() {
    DesiredSecret secret = only(FULL, Publication.ArgoCD);

    assertThat(secret.name()).isEqualTo("team-argocd");
    assertThat(secret.type()).isEqualTo("Opaque");
    assertThat(secret.labels()).containsEntry("argocd.argoproj.io/secret-type", "repo-creds");
    assertThat(secret.data())
        .isEqualTo(
            Map.of(
                "type",
                "git",
                "url",
                "http://git.corp.example:8080/gitlab/",
                "username",
                "alice@corp",
                "password",
                "to/k:e@n%"));
    assertThat(only(BARE, Publication.ArgoCD).data()).containsEntry("url", "https://github.com/");
  }

  @Test
  void tektonGetsOneForAServiceAccountAndOneForAWorkspace() {
    List<DesiredSecret> secrets = secrets(FULL, Publication.Tekton);

    assertThat(secrets)
        .extracting(DesiredSecret::name)
        .containsExactly("team-tekton", "team-tekton-gitconfig");
    assertThat(secrets.getFirst().type()).isEqualTo("kubernetes.io/basic-auth");
    assertThat(secrets.getFirst().annotations())
        .containsEntry("tekton.dev/git-0", "http://git.corp.example:8080");
    assertThat(secrets.getFirst().data())
        .isEqualTo(Map.of("username", "alice@corp", "password", "to/k:e@n%"));
    assertThat(secrets.getLast().type()).isEqualTo("Opaque");
    assertThat(secrets.getLast().annotations()).doesNotContainKey("tekton.dev/git-0");
    assertThat(secrets.getLast().data())
        .isEqualTo(
            Map.of(
                ".gitconfig",
                "[credential \"http://git.corp.example:8080\"]\n\thelper = store\n",
                ".git-credentials",
                "http://alice%40corp:to%2Fk%3Ae%40n%25@git.corp.example:8080\n",
                "ca-bundle.crt",
                CA));
  }

  @ParameterizedTest
  @CsvSource({
    "Kpack,      team-kpack,      kpack.io/git, http://git.corp.example:8080",
    "Shipwright, team-shipwright, build.shipwright.io/referenced.secret, true"
  })
  void buildersGetBasicAuthAndAnAnnotation(
      Publication entry, String name, String annotation, String value) {
    DesiredSecret secret = only(FULL, entry);

    assertThat(secret.name()).isEqualTo(name);
    assertThat(secret.type()).isEqualTo("kubernetes.io/basic-auth");
    assertThat(secret.annotations()).containsEntry(annotation, value);
    assertThat(secret.data()).isEqualTo(Map.of("username", "alice@corp", "password", "to/k:e@n%"));
  }

  @Test
  void gitGetsTheFilesThatItReads() {
    DesiredSecret secret = only(FULL, Publication.Git);

    assertThat(secret.name()).isEqualTo("team-git");
    assertThat(secret.type()).isEqualTo("Opaque");
    assertThat(secret.data())
        .isEqualTo(
            Map.of(
                ".git-credentials",
                "http://alice%40corp:to%2Fk%3Ae%40n%25@git.corp.example:8080\n",
                ".netrc",
                "machine git.corp.example\nlogin alice@corp\npassword to/k:e@n%\n",
                "ca.crt",
                CA));
    assertThat(only(BARE, Publication.Git).data())
        .isEqualTo(
            Map.of(
                ".git-credentials",
                "https://octocat:ghp_1@github.com\n",
                ".netrc",
                "machine github.com\nlogin octocat\npassword ghp_1\n"));
  }

  @Test
  void buildKitGetsTheHeaderUnderTheNameOfItsBuildSecret() {
    DesiredSecret secret = only(FULL, Publication.BuildKit);

    assertThat(secret.name()).isEqualTo("team-buildkit");
    assertThat(secret.type()).isEqualTo("Opaque");
    assertThat(secret.data())
        .isEqualTo(
            Map.of(
                "GIT_AUTH_HEADER.git.corp.example_8080",
                "basic " + base64("alice@corp:to/k:e@n%"),
                "ca.crt",
                CA));
    assertThat(only(BARE, Publication.BuildKit).data())
        .isEqualTo(Map.of("GIT_AUTH_HEADER.github.com", "basic " + base64("octocat:ghp_1")));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource(Publication.class)
  void theKeysAreThoseThatASecretCanHave(Publication entry) {
    for (String host : List.of("2001:db8::1", "git.example.com", "10.0.0.1")) {
      SecretContent what =
          new SecretContent(
              Platform.Gitea,
              new SiteUrl(new Origin(Origin.Scheme.HTTP, host, 3000), ""),
              new GitLogin("alice", new Token("t")),
              Optional.of(CA),
              Optional.empty());
      assertThat(secrets(what, entry))
          .allSatisfy(
              secret ->
                  assertThat(secret.data().keySet())
                      .allMatch(key -> key.matches("[-._a-zA-Z0-9]{1,253}")));
    }
  }

  @Test
  void namesAndAddressesThatNeedQuotingGetIt() {
    SecretContent odd =
        new SecretContent(
            Platform.Gitea,
            new SiteUrl(new Origin(Origin.Scheme.HTTP, "2001:db8::1", 3000), ""),
            new GitLogin("Zoë \"Z\" \\", new Token("t")),
            Optional.empty(),
            Optional.empty());

    assertThat(only(odd, Publication.Git).data())
        .isEqualTo(
            Map.of(
                ".git-credentials",
                "http://Zo%C3%AB%20%22Z%22%20%5C:t@[2001:db8::1]:3000\n",
                ".netrc",
                "machine 2001:db8::1\nlogin \"Zoë \\\"Z\\\" \\\\\"\npassword t\n"));
    assertThat(only(odd, Publication.BuildKit).data())
        .isEqualTo(
            Map.of("GIT_AUTH_HEADER._2001_db8__1__3000", "basic " + base64("Zoë \"Z\" \\:t")));
    assertThat(only(odd, Publication.ServiceBinding).data())
        .containsEntry("host", "2001:db8::1")
        .containsEntry("uri", "http://[2001:db8::1]:3000");
  }

  @Test
  void aNameThatTheUserChoseIsTaken() {
    assertThat(
            done(
                Consumers.secrets(
                    "team",
                    List.of(Publication.Tekton, Publication.Flux),
                    Map.of(Publication.Tekton, "builders"),
                    Set.of(),
                    BARE)))
        .extracting(DesiredSecret::name)
        .containsExactly("builders", "builders-gitconfig", "team-flux");
  }

  @Test
  void twoEntriesNeverShareASecret() {
    collide(
        List.of(Publication.Tekton, Publication.Git, Publication.Flux),
        Map.of(Publication.Git, "team-tekton-gitconfig"),
        Set.of(),
        "Tekton and Git would both write the Secret team-tekton-gitconfig.");
  }

  @Test
  void noEntryTakesASecretThatTheOperatorKeeps() {
    collide(
        List.of(Publication.Flux, Publication.Git),
        Map.of(Publication.Flux, "team-oauth"),
        Set.of("team-oauth", "team-oauth-flow"),
        "Flux would write the Secret team-oauth, which the operator keeps for the binding itself.");
  }

  @Test
  void aNameThatIsTooLongIsToldWithTheFieldThatSetsAnother() {
    String binding = "b".repeat(250);

    Outcome<List<DesiredSecret>> refused =
        Consumers.secrets(
            binding,
            List.of(Publication.ServiceBinding, Publication.Git),
            Map.of(Publication.Git, "code"),
            Set.of(),
            BARE);

    assertThat(refused)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            one -> {
              assertThat(one.problem().reason()).isEqualTo(Reason.SecretNameTooLong);
              assertThat(one.problem().message())
                  .isEqualTo(
                      "The name of the Secret that ServiceBinding is to have would have 265 characters, and 253 are allowed."
                          + " Set a shorter name for this entry in spec.publishNames.");
            });
  }

  private static void collide(
      List<Publication> publish, Map<Publication, String> names, Set<String> kept, String words) {
    assertThat(Consumers.secrets("team", publish, names, kept, BARE))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.problem().reason()).isEqualTo(Reason.SecretNamesCollide);
              assertThat(refused.problem().what()).isEqualTo(words);
            });
  }

  private static DesiredSecret only(SecretContent what, Publication entry) {
    List<DesiredSecret> secrets = secrets(what, entry);
    assertThat(secrets).hasSize(1);
    return secrets.getFirst();
  }

  private static List<DesiredSecret> secrets(SecretContent what, Publication... entries) {
    return done(Consumers.secrets("team", Stream.of(entries).toList(), Map.of(), Set.of(), what));
  }

  private static List<DesiredSecret> done(Outcome<List<DesiredSecret>> outcome) {
    return switch (outcome) {
      case Done<List<DesiredSecret>>(var secrets) -> secrets;
      case Refused<List<DesiredSecret>>(var problem) -> throw new AssertionError(problem.message());
      case Outcome.Waiting<List<DesiredSecret>>(var problem, var until, var scope) ->
          throw new AssertionError(problem.message());
    };
  }
}
