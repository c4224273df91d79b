package dev.codesource.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchPersistentContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.browser.Chromium;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** People with different rights, a browser, and the console. No operator runs. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {

  private final Cluster cluster;
  private Chromium chromium;
  private ConsoleProcess console;
  private Team team;

  ConsoleIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    team = Team.in(cluster);
    team.bindGitLab("gitlab", "https://gitlab.example.com");
    person(
        "editor",
        "{apiGroups: [codesource.dev], resources: ['*'], verbs: ['*']}, {apiGroups: [''],"
            + " resources: [secrets], verbs: [create, patch, delete]}, {apiGroups: [''], resources:"
            + " [events], verbs: [get, list, watch]}");
    person("viewer", "{apiGroups: [codesource.dev], resources: ['*'], verbs: [get, list, watch]}");
    person("stranger", "");
    chromium = Chromium.start();
    console = ConsoleProcess.start(cluster, Map.of());
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(console).ifPresent(ConsoleProcess::close);
    Optional.ofNullable(chromium).ifPresent(Chromium::close);
  }

  /** A ServiceAccount with a Role of its own. */
  private void person(String name, String rules) {
    cluster
        .admin()
        .serviceAccounts()
        .inNamespace(team.namespace())
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(team.namespace())
                .endMetadata()
                .build())
        .create();
    cluster
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: %1$s, namespace: %2$s}
            rules: [%3$s]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: %1$s, namespace: %2$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
            subjects: [{kind: ServiceAccount, name: %1$s, namespace: %2$s}]
            """
                .formatted(name, team.namespace(), rules))
        .orFail();
  }

  private String token(String person) {
    return cluster
        .admin()
        .serviceAccounts()
        .inNamespace(team.namespace())
        .withName(person)
        .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
        .getStatus()
        .getToken();
  }

  private Page logIn(BrowserContext browser, String person, String path) {
    return logIn(browser, console, person, path);
  }

  private Page logIn(BrowserContext browser, ConsoleProcess at, String person, String path) {
    Page page = browser.newPage();
    page.navigate(at.url(path));
    page.getByLabel("Token for the cluster").fill(token(person));
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log in")).click();
    page.waitForURL(at.url(path));
    return page;
  }

  @Test
  void aPersonLogsInByATokenAndSeesTheBindings() {
    Page page = logIn(chromium.open(), "viewer", "/ns/" + team.namespace());

    assertThat(page.locator("tbody").textContent())
        .contains("gitlab", "GitLab", "alice", "https://gitlab.example.com", "Not looked at yet");
    assertThat(page.locator("header").textContent()).contains("viewer");
  }

  /** The first one: what carries out a remedy is offered beside it, too. */
  private static Locator button(Page page, String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true))
        .first();
  }

  private static Locator link(Page page, String name) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true))
        .first();
  }

  private static String text(Page page) {
    return page.locator("main").innerText();
  }

  private String page(String rest) {
    return "/ns/" + team.namespace() + rest;
  }

  private Secret secret(String name) {
    return cluster.admin().secrets().inNamespace(team.namespace()).withName(name).get();
  }

  private CodeSourceTrigger trigger(String name) {
    return cluster
        .admin()
        .resources(CodeSourceTrigger.class)
        .inNamespace(team.namespace())
        .withName(name)
        .get();
  }

  private void status(String binding, String json) {
    cluster
        .admin()
        .resources(CodeSourceBinding.class)
        .inNamespace(team.namespace())
        .withName(binding)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":" + json + "}");
  }

  /** From the list to the binding, with keys alone. */
  @Test
  void anEditorBindsAnAccountWithoutAMouse() {
    Page page = logIn(chromium.open(), "editor", page(""));
    press(page, "Bind account");
    press(page, "GitLab");
    page.waitForURL("**/bind?platform=GitLab");
    type(page, "Name of the binding", "by-keys");
    type(page, "Username", "alice");
    type(page, "Token", "glpat-by-keys");
    page.keyboard().press("Enter");

    page.waitForURL(console.url(page("/bindings/by-keys")));
    assertThat(text(page)).contains("by-keys", "Not looked at yet").doesNotContain("glpat-by-keys");
    CodeSourceBinding binding = team.get("by-keys");
    assertThat(binding.getSpec().username()).isEqualTo("alice");
    Secret secret = secret("by-keys-token");
    assertThat(secret.getType()).isEqualTo("codesource.dev/token");
    assertThat(new String(Base64.getDecoder().decode(secret.getData().get("token")), UTF_8))
        .isEqualTo("glpat-by-keys");
    assertThat(secret.getMetadata().getOwnerReferences())
        .extracting(OwnerReference::getUid)
        .containsExactly(binding.getMetadata().getUid());
  }

  @Test
  void anEditorUnbindsWithoutAMouse() {
    team.bindGitLab("going", "https://gitlab.example.com");
    Page page = logIn(chromium.open(), "editor", page("/bindings/going"));
    press(page, "Unbind");
    page.waitForURL(console.url(page("/bindings/going/unbind")));
    focus(page, button(page, "Unbind"));
    page.keyboard().press("Enter");

    page.waitForURL(console.url(page("")));
    assertThat(
            cluster
                .admin()
                .resources(CodeSourceBinding.class)
                .inNamespace(team.namespace())
                .withName("going")
                .get())
        .isNull();
  }

  /** Every page as it is served, with its scripts, its Content-Security-Policy and its stream. */
  @ParameterizedTest
  @CsvSource({"LIGHT, 1200", "DARK, 1200", "LIGHT, 320", "DARK, 320"})
  void everyPageIsAccessible(ColorScheme scheme, int width) {
    team.bindGitLab("seen", "https://gitlab.example.com");
    status(
        "seen",
        "{\"phase\":\"Failed\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"reason\":\"TokenRejected\",\"message\":\"The"
            + " token is rejected.\",\"lastTransitionTime\":\"2026-11-30T10:00:00Z\"}]}");
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: seen, namespace: %s}
            spec: {bindingRef: {name: seen}, repository: group/shop, rules: [{name: main, branch: main}]}
            """
                .formatted(team.namespace()))
        .orFail();
    BrowserContext browser =
        chromium.open(
            new LaunchPersistentContextOptions()
                .setViewportSize(width, 900)
                .setColorScheme(scheme));
    List<String> refused = new CopyOnWriteArrayList<>();
    Page page = browser.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")) {
            refused.add(message.text());
          }
        });
    page.navigate(console.url("/login"));
    assertAccessible(page, width);
    page.getByLabel("Token for the cluster").fill("not-a-token-of-this-cluster");
    button(page, "Log in").click();
    page.locator(".bad").waitFor();
    assertAccessible(page, width);
    page.getByLabel("Token for the cluster").fill(token("editor"));
    button(page, "Log in").click();
    page.waitForURL(console.url("/"));
    assertAccessible(page, width);
    for (String path :
        List.of(
            "",
            "?text=none-has-this-name",
            "/bind",
            "/bind?platform=GitLab",
            "/bindings/seen",
            "/bindings/seen/edit",
            "/bindings/gitlab/token",
            "/bindings/seen/access",
            "/bindings/seen/repositories",
            "/bindings/seen/trigger",
            "/bindings/seen/unbind",
            "/bindings/missing",
            "/triggers",
            "/triggers/seen",
            "/triggers/seen/edit",
            "/triggers/seen/yaml",
            "/triggers/seen/delete")) {
      page.navigate(console.url(page(path)));
      assertAccessible(page, width);
    }
    page.navigate(console.url("/ns/kube-system"));
    assertAccessible(page, width);
    page.navigate(console.url("/help/TokenRejected"));
    assertAccessible(page, width);
    page.navigate(console.url(page("/bind?platform=GitLab")));
    page.getByLabel("Name of the binding").fill("seen");
    page.getByLabel("Username").fill("alice");
    page.locator("#token").fill("glpat-refused");
    button(page, "Bind account").click();
    page.locator("#problems").waitFor();
    assertAccessible(page, width);
    button(page, "Log out").click();
    assertAccessible(page, width);

    assertThat(refused).isEmpty();
  }

  private static void assertAccessible(Page page, int width) {
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)");
    assertThat(page.evaluate("document.documentElement.scrollWidth"))
        .as("%s: nothing is wider than the window", page.url())
        .isEqualTo(width);
    assertThat(
            new AxeBuilder(page)
                .analyze().getViolations().stream()
                    .map(rule -> rule.getId() + " " + rule.getNodes().getFirst().getHtml())
                    .toList())
        .as("%s: axe", page.url())
        .isEmpty();
  }

  /** Goes there with the tabulator, which proves that it can be reached. */
  private static void focus(Page page, Locator target) {
    target.waitFor();
    for (int i = 0; i < 80; i++) {
      page.keyboard().press("Tab");
      if (Boolean.TRUE.equals(target.evaluate("each => each === document.activeElement"))) {
        return;
      }
    }
    throw new AssertionError("not reached: " + target);
  }

  private static void press(Page page, String link) {
    focus(page, link(page, link).first());
    page.keyboard().press("Enter");
  }

  private static void type(Page page, String label, String text) {
    focus(page, page.getByLabel(label, new Page.GetByLabelOptions().setExact(true)));
    page.keyboard().press("Control+A");
    page.keyboard().type(text);
  }

  @Test
  void whatTheClusterDoesNotAcceptIsToldInTheFormAndLeavesNoSecret() {
    Page page = logIn(chromium.open(), "editor", page("/bind?platform=GitLab"));
    page.getByLabel("Name of the binding").fill("gitlab"); // which is there already
    page.getByLabel("Username").fill("bob");
    page.locator("#token").fill("glpat-refused");
    button(page, "Bind account").click();

    page.locator("#problems").waitFor();
    assertThat(text(page)).contains("Nothing was changed", "already exists");
    assertThat(page.getByLabel("Username").inputValue()).isEqualTo("bob");
    assertThat(page.content()).doesNotContain("glpat-refused");
    assertThat(secret("gitlab-token")).isNull();
  }

  @Test
  void aViewerSeesEverythingAndIsToldWhatTheyMayNot() {
    Page page = logIn(chromium.open(), "viewer", page(""));
    assertThat(text(page)).contains("you may not create codesourcebindings");
    page.navigate(console.url(page("/bindings/gitlab")));
    assertThat(text(page))
        .contains(
            "you may not patch codesourcebindings",
            "you may not create codesourcetriggers",
            "You may not list events");
    page.navigate(console.url(page("/bindings/gitlab/unbind")));
    button(page, "Unbind").click();

    page.locator("#problems").waitFor();
    assertThat(text(page)).contains("cannot delete resource", "codesourcebindings");
    assertThat(team.get("gitlab")).isNotNull();
  }

  @Test
  void aStrangerIsToldWhichRightIsMissing() {
    Page page = logIn(chromium.open(), "stranger", page(""));

    assertThat(text(page)).contains("Not allowed", "cannot list resource", "codesourcebindings");
    page.navigate(console.url("/"));
    assertThat(text(page)).contains("You may not list the namespaces");
    page.getByLabel("Namespace").fill(team.namespace());
    button(page, "Show").click();
    page.waitForURL(console.url(page("")));
  }

  /** As OpenShift does, which lists to each person their own. */
  @Test
  void whoMayNotListNamespacesChoosesOneOfTheirProjects() {
    String crd =
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: projects.project.openshift.io
          annotations: {api-approved.kubernetes.io: unapproved}
        spec:
          group: project.openshift.io
          scope: Cluster
          names: {kind: Project, plural: projects, singular: project, listKind: ProjectList}
          versions:
          - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
        """;
    cluster.apply(crd).orFail();
    try (ConsoleProcess onOpenShift = ConsoleProcess.start(cluster, Map.of())) {
      cluster
          .kubectl("wait", "--for=condition=Established", "crd/projects.project.openshift.io")
          .orFail();
      cluster
          .apply(
              """
              apiVersion: rbac.authorization.k8s.io/v1
              kind: ClusterRole
              metadata: {name: %1$s-projects}
              rules: [{apiGroups: [project.openshift.io], resources: [projects], verbs: [list]}]
              ---
              apiVersion: rbac.authorization.k8s.io/v1
              kind: ClusterRoleBinding
              metadata: {name: %1$s-projects}
              roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %1$s-projects}
              subjects: [{kind: ServiceAccount, name: viewer, namespace: %1$s}]
              """
                  .formatted(team.namespace()))
          .orFail();
      Team.patiently()
          .until(
              () ->
                  cluster
                      .apply(
                          """
                          apiVersion: project.openshift.io/v1
                          kind: Project
                          metadata: {name: %s}
                          """
                              .formatted(team.namespace()))
                      .succeeded());
      Page page = logIn(chromium.open(), onOpenShift, "viewer", "/");

      link(page, team.namespace()).click();
      page.waitForURL(onOpenShift.url(page("")));
      assertThat(page.locator("tbody").textContent()).contains("gitlab");
    } finally {
      cluster.kubectl("delete", "crd", "projects.project.openshift.io").orFail();
    }
  }

  @Test
  void anAdministratorSeesEachNamespaceWithItsWorstState() {
    cluster
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
            subjects: [{kind: ServiceAccount, name: administrator, namespace: %1$s}]
            """
                .formatted(team.namespace()))
        .orFail();
    person("administrator", "");
    Page page = logIn(chromium.open(), "administrator", "/");

    assertThat(
            page.locator("tr")
                .filter(new Locator.FilterOptions().setHasText(team.namespace()))
                .innerText())
        // Whatever the other tests have left there.
        .containsPattern("Waiting for you|Not looked at yet");
  }

  @Test
  void withoutAScriptEverythingWorks() {
    Page page =
        logIn(
            chromium.open(new LaunchPersistentContextOptions().setJavaScriptEnabled(false)),
            "editor",
            page("/bind?platform=GitHub"));
    page.getByLabel("Name of the binding").fill("by-code");
    page.getByLabel("Username").fill("alice");
    page.getByLabel("enter a code on any device").check();
    button(page, "Bind account").click();
    page.waitForURL(console.url(page("/bindings/by-code")));
    button(page, "Suspend").click();
    button(page, "Resume").waitFor();
    assertThat(team.get("by-code").getSpec().suspend()).isTrue();
    button(page, "Resume").click();
    button(page, "Suspend").waitFor();
    button(page, "Check now").click();
    button(page, "Suspend").waitFor();
    assertThat(team.get("by-code").getMetadata().getAnnotations())
        .containsKey(CodeSourceBinding.REQUESTED_AT);

    link(page, "Unbind").click();
    button(page, "Unbind").click();
    page.waitForURL(console.url(page("")));
    assertThat(text(page)).doesNotContain("by-code");
  }

  @Test
  void anOpenPageChangesWithItsBinding() {
    team.bindGitLab("live", "https://gitlab.example.com");
    BrowserContext browser = chromium.open();
    Page page = logIn(browser, "viewer", page("/bindings/live"));
    Page list = browser.newPage();
    list.navigate(console.url(page("")));

    status("live", "{\"phase\":\"Bound\",\"lastVerifiedAt\":\"2026-11-30T11:45:00Z\"}");

    page.getByText("2026-11-30 11:45 UTC").waitFor();
    assertThat(page.locator("#state").innerText()).contains("Bound");
    list.getByText("2026-11-30 11:45 UTC").waitFor();
    status("live", "{\"phase\":\"Suspended\"}");
    page.locator("#state").getByText("Suspended").waitFor();
  }

  @Test
  void theFirstBindingAppearsOnAnOpenPage() {
    Team empty = Team.in(cluster);
    cluster
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: guest, namespace: %1$s}
            rules: [{apiGroups: [codesource.dev], resources: ['*'], verbs: [get, list, watch]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: guest, namespace: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: guest}
            subjects: [{kind: ServiceAccount, name: viewer, namespace: %2$s}]
            """
                .formatted(empty.namespace(), team.namespace()))
        .orFail();
    Page page = logIn(chromium.open(), "viewer", "/ns/" + empty.namespace());
    page.getByText("No account is bound in this namespace yet.").waitFor();

    empty.bindGitLab("first", "https://gitlab.example.com");

    link(page, "first").waitFor();
    assertThat(page.locator("main").count()).isEqualTo(1);
  }

  /** The answer is stored as the operator stores it. */
  @Test
  void whoMayReadSecretsChoosesARepository() {
    person(
        "chooser",
        "{apiGroups: [codesource.dev], resources: ['*'], verbs: ['*']}, {apiGroups: [''],"
            + " resources: [secrets], verbs: [get]}");
    Page page = logIn(chromium.open(), "chooser", page("/bindings/gitlab"));
    link(page, "Find a repository").click();
    page.getByLabel("Part of its path").fill("shop");
    button(page, "Find").click();
    page.getByText("The operator looks for").waitFor();
    String request =
        team.get("gitlab").getMetadata().getAnnotations().get(CodeSourceBinding.FIND_REPOSITORIES);
    assertThat(request).startsWith("shop ");

    cluster
        .apply(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: gitlab-repositories, namespace: %s}
            type: codesource.dev/repositories
            stringData: {request: "%s", repositories: "group/shop\\ngroup/shop-web"}
            """
                .formatted(team.namespace(), request))
        .orFail();
    link(page, "group/shop").click();

    assertThat(
            page.getByLabel("Repository", new Page.GetByLabelOptions().setExact(true)).inputValue())
        .isEqualTo("group/shop");
  }

  @Test
  void whoMayNotReadSecretsTypesThePath() {
    Page page = logIn(chromium.open(), "editor", page("/bindings/gitlab/repositories"));
    page.getByLabel("Part of its path").fill("a b");
    button(page, "Find").click();
    page.getByText("Type a part of the path").waitFor();
    page.getByLabel("Part of its path").fill("web");
    button(page, "Find").click();

    page.getByText("You may not get secrets in this namespace").waitFor();
    link(page, "Type the path instead").click();
    page.waitForURL(console.url(page("/bindings/gitlab/trigger")));
  }

  @Test
  void ofTwoWhoEditAtOnceTheSecondLosesNothing() {
    team.bindGitLab("edited", "https://gitlab.example.com");
    Page page = logIn(chromium.open(), "editor", page("/bindings/edited/edit"));
    page.getByLabel("Interval").fill("3h");
    cluster
        .admin()
        .resources(CodeSourceBinding.class)
        .inNamespace(team.namespace())
        .withName("edited")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"username\":\"carol\"}}");
    button(page, "Save").click();

    page.locator("#problems").waitFor();
    assertThat(text(page)).contains("Somebody else has changed it");
    assertThat(page.getByLabel("Interval").inputValue()).isEqualTo("3h");
    assertThat(team.get("edited").getSpec().interval()).isEqualTo("1h");
    button(page, "Save").click();
    page.waitForURL(console.url(page("/bindings/edited")));
    assertThat(team.get("edited").getSpec().interval()).isEqualTo("3h");
  }

  @Test
  void aTokenIsReplacedWithoutBeingRead() {
    team.token("gitlab-other", "https://gitlab.example.com", "old");
    team.bind(
        "other",
        "platform: GitLab, url: 'https://gitlab.example.com', username: alice, tokenSecretRef:"
            + " {name: gitlab-other}");
    Page page = logIn(chromium.open(), "editor", page("/bindings/other"));
    link(page, "Replace token").click();
    page.getByLabel("New token").fill("new");
    button(page, "Replace").click();
    page.locator("#state, #problems").waitFor();
    assertThat(text(page)).doesNotContain("Nothing was changed");

    page.waitForURL(console.url(page("/bindings/other")));
    assertThat(secret("gitlab-other").getData())
        .containsEntry("token", Base64.getEncoder().encodeToString("new".getBytes(UTF_8)))
        .containsKey("url");
  }

  @Test
  void aTriggerIsMadeExplainedBuiltEditedAndDeletedAndHoldsItsBinding() {
    team.bindGitLab("used", "https://gitlab.example.com");
    Page page = logIn(chromium.open(), "editor", page("/bindings/used"));
    link(page, "New trigger").click();
    page.getByLabel("Name of the trigger").fill("shop");
    page.getByLabel("Repository").fill("group/shop");
    button(page, "Make trigger").click();
    page.waitForURL(console.url(page("/triggers/shop")));
    assertThat(trigger("shop").getSpec().rules().getFirst().branch()).isEqualTo("main");

    page.locator("#explain-ref").fill("main");
    button(page, "Explain").click();
    page.getByText("main-0123456").waitFor();
    page.getByLabel("Branch or tag").first().fill("main");
    button(page, "Build now").click();
    page.waitForURL(console.url(page("/triggers/shop")));
    assertThat(trigger("shop").getMetadata().getAnnotations().get(CodeSourceTrigger.BUILD))
        .startsWith("main@refs/heads/main ");

    link(page, "Edit").click();
    page.getByLabel("Branches of the rule main").fill("release-.*");
    button(page, "Save").click();
    page.waitForURL(console.url(page("/triggers/shop")));
    assertThat(trigger("shop").getSpec().rules().getFirst().branch()).isEqualTo("release-.*");

    link(page, "Edit as YAML").click();
    Locator spec = page.getByLabel("What the trigger does");
    String yaml = spec.inputValue();
    spec.fill(yaml.replace("group/shop", "group/other") + "\nnonsense: 1\n");
    button(page, "Save").click();
    page.locator("#problems").waitFor();
    assertThat(text(page)).contains("nonsense");
    spec.fill(yaml.replace("group/shop", "group/other"));
    button(page, "Save").click();
    page.waitForURL(console.url(page("/triggers/shop")));
    assertThat(trigger("shop").getSpec().repository()).isEqualTo("group/other");
    page.navigate(console.url(page("/triggers")));
    assertThat(page.locator("tbody").textContent()).contains("shop", "group/other", "used");

    page.navigate(console.url(page("/bindings/used/unbind")));
    assertThat(text(page)).contains("The trigger shop");
    button(page, "Unbind").click();
    page.locator("#problems").waitFor();
    page.getByLabel("Something uses this binding").fill("used");
    button(page, "Unbind").click();
    page.waitForURL(console.url(page("")));
    page.navigate(console.url(page("/triggers/shop/delete")));
    button(page, "Delete").click();
    page.waitForURL(console.url(page("/bindings/used")));
    assertThat(trigger("shop")).isNull();
  }

  @Test
  void whatOthersWriteIsNoScript() {
    String xss = "<img src=x onerror=alert(1)>";
    team.bind(
        "xss",
        "platform: GitLab, url: 'https://gitlab.example.com', username: '%s', tokenSecretRef: {name: gitlab-token}"
            .formatted(xss));
    status(
        "xss",
        "{\"phase\":\"AwaitingAuthorization\",\"authorization\":{\"url\":\"javascript:alert(1)\",\"userCode\":\"%1$s\"},\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"reason\":\"TokenRejected\",\"message\":\"%1$s\",\"lastTransitionTime\":\"2026-11-30T10:00:00Z\"}]}"
            .formatted(xss));
    Page page = logIn(chromium.open(), "editor", page("/bindings/xss"));
    page.onDialog(
        dialog -> {
          throw new AssertionError("a script ran");
        });

    assertThat(text(page)).contains(xss);
    assertThat(page.locator("main img").count()).isZero();
    assertThat(page.locator("a[href^=javascript]").count()).isZero();
    page.navigate(console.url(page("?text=") + "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"));
    assertThat(page.locator("main img").count()).isZero();
  }
}
