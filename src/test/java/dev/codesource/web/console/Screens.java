package dev.codesource.web.console;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.build.BuildLog;
import dev.codesource.build.Explaining;
import dev.codesource.reason.Reason;
import dev.codesource.web.Html;
import dev.codesource.web.console.FormPage.Wrong;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.RepositoriesPage.Found;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Each screen with what it can show, by its name. */
final class Screens {

  private static final Visitor VISITOR =
      new Visitor(new BearerToken("token"), "alice@example.com", Instant.MAX);

  private static final Crumb[] TRAIL = {Crumb.START, Crumb.namespace("team-a")};

  private final Map<String, String> all = new LinkedHashMap<>();

  /** The screens, with a text in every field that somebody else writes. */
  static Map<String, String> with(String text) {
    Screens screens = new Screens();
    screens.add(text);
    return screens.all;
  }

  /** The screens as they usually are. */
  static Map<String, String> usual() {
    return with("");
  }

  private void put(String name, String template, Layout layout, Object page) {
    all.put(
        name,
        Rendering.of(
            "console/" + template,
            Map.of(
                "layout",
                layout,
                switch (template) {
                  case "login" -> "form";
                  case "problem" -> "problem";
                  default -> "page";
                },
                page)));
  }

  private static Layout layout(String title) {
    return Layout.of(title, Optional.of(VISITOR), TRAIL);
  }

  /** The operator's own pages, which look the same. */
  private void addAuthorization(String x) {
    all.put(
        "oauth-authorize",
        Rendering.of(
            "authorize",
            Map.of(
                "style",
                Html.STYLE,
                "ask",
                Map.of(
                    "namespace",
                    "team-a" + x,
                    "binding",
                    "gitlab" + x,
                    "platform",
                    "GitLab",
                    "site",
                    "https://gitlab.example.com" + x,
                    "username",
                    "alice" + x,
                    "scopes",
                    List.of("api" + x),
                    "secret",
                    "gitlab-oauth",
                    "redirectUri",
                    "https://operator.example.com/callback/gitlab" + x,
                    "formToken",
                    "token",
                    "next",
                    ""))));
    all.put(
        "oauth-prove",
        Rendering.of(
            "prove",
            Map.of(
                "style",
                Html.STYLE,
                "namespace",
                "team-a",
                "binding",
                "gitlab",
                "formToken",
                "t")));
    all.put("oauth-result", result("/authorize/team-a/gitlab"));
    all.put("oauth-result-alone", result(""));
    all.put(
        "oauth-problem",
        Rendering.of("problem", Map.of("style", Html.STYLE, "message", "No." + x)));
  }

  /**
   * The end of an authorization that failed.
   *
   * @param again the page to open again; empty: the browser has not kept which it was
   */
  private static String result(String again) {
    return Rendering.of(
        "result",
        Map.of(
            "style",
            Html.STYLE,
            "again",
            again,
            "result",
            Map.of(
                "title", "Not authorized",
                "good", false,
                "what", "This authorization is over.",
                "remedy", "Open the URL again.")));
  }

  private void add(String x) {
    addAuthorization(x);
    put(
        "login",
        "login",
        Layout.of("Log in", Optional.empty()),
        new LoginForm(
            "/", "Example" + x, null, null, "The cluster does not accept this token." + x));
    put(
        "login-over",
        "login",
        Layout.of("Log in", Optional.empty()),
        new LoginForm(
            "/", "Example", "https://login.example.com/logout", "Your session is over." + x, null));
    put(
        "namespaces",
        "namespaces",
        Layout.of("Namespaces", Optional.of(VISITOR)).wide(),
        new NamespacesPage(
            true,
            List.of(
                new NamespacesPage.Row(
                    "team-a", "7", new StatusWord("bad", "✗", "Failed · TokenRejected" + x)),
                new NamespacesPage.Row("team-b", "1", new StatusWord("good", "✓", "Bound")),
                new NamespacesPage.Row("team-c", "0", null)),
            false));
    put(
        "namespace",
        "namespaces",
        Layout.of("Namespaces", Optional.of(VISITOR)).wide(),
        new NamespacesPage(false, List.of(), true));
    put(
        "projects",
        "namespaces",
        Layout.of("Namespaces", Optional.of(VISITOR)).wide(),
        NamespacesPage.ofProjects(List.of("shop-build", "shop-test")));
    put(
        "bindings",
        "bindings",
        Layout.of("team-a", Optional.of(VISITOR), Crumb.START).wide(),
        bindings(x, rows(x)));
    put(
        "bindings-empty",
        "bindings",
        Layout.of("team-a", Optional.of(VISITOR), Crumb.START).wide(),
        new BindingsPage(
            "team-a",
            "/ns/team-a",
            "1",
            List.of(),
            0,
            false,
            "create codesourcebindings",
            "",
            "",
            x));
    put(
        "bindings-none",
        "bindings",
        Layout.of("team-a", Optional.of(VISITOR), Crumb.START).wide(),
        bindings(x, List.of()));
    put("binding-failed", "binding", layout("gitlab").wide(), failed(x));
    put("binding-suspended", "binding", layout("gitlab").wide(), suspended());
    put("binding-viewer", "binding", layout("gitlab").wide(), viewer(x));
    put("binding-code", "binding", layout("gitlab").wide(), code(x));
    put(
        "platforms",
        "platforms",
        layout("Bind account"),
        new PlatformsPage("team-a", List.of("GitLab", "GitHub", "Gitee", "Bitbucket", "Gitea")));
    BindingForm form = new BindingForm(Sample.GITLAB, Entries.none());
    put("bind", "form", layout("Bind an account on GitLab"), form.bind("team-a"));
    BindingForm wrong =
        new BindingForm(
            Sample.GITLAB,
            Sample.entries(
                "name",
                "A" + x,
                "url",
                "ftp://" + x,
                "username",
                x,
                "token",
                "a b" + x,
                "region",
                "eu" + x,
                "ca",
                x,
                "client",
                x,
                "email",
                x,
                "interval",
                x));
    put(
        "bind-wrong",
        "form",
        layout("Bind an account on GitLab"),
        wrong.bind("team-a").with(wrong.wrongs()));
    put(
        "edit",
        "form",
        layout("Edit gitlab"),
        form.edit(Sample.binding("")).with(Changing.CHANGED_MEANWHILE));
    put(
        "access",
        "form",
        layout("Change the access of gitlab"),
        new AccessForm(Sample.byOAuth(""), Sample.GITLAB, Entries.none()).page());
    AccessForm wrongAccess =
        new AccessForm(
            Sample.binding(""),
            Sample.GITLAB,
            Sample.entries("token", "a b" + x, "secret", x, "ca", x, "client", x));
    put(
        "access-wrong",
        "form",
        layout("Change the access of gitlab"),
        wrongAccess.page().with(wrongAccess.wrongs()));
    put(
        "unbind",
        "form",
        layout("Unbind gitlab?"),
        Unbinding.of(
                Sample.binding(", publish: [Flux]", ""),
                new Panel<>(List.of(Sample.trigger("")), null))
            .page());
    put(
        "trigger-new",
        "form",
        layout("New trigger"),
        new TriggerForm("team-a", "gitlab", Optional.of(Set.of(Publication.Flux)), Entries.none())
            .page());
    put("triggers", "triggers", layout("Triggers").wide(), triggers(x));
    put(
        "triggers-none",
        "triggers",
        layout("Triggers").wide(),
        new TriggersPage("team-a", "1", List.of(), true));
    TriggerForm wrongTrigger =
        new TriggerForm(
            "team-a",
            "gitlab" + x,
            Optional.empty(),
            Sample.entries(
                "name",
                "A" + x,
                "repository",
                x,
                "image",
                x,
                "rule0",
                x,
                "pattern1",
                x,
                "reference",
                x,
                "push",
                x,
                "tags2",
                x));
    put(
        "trigger-wrong",
        "form",
        layout("New trigger"),
        wrongTrigger
            .page()
            .with(List.of(new Wrong("name", "wrong " + x), new Wrong(null, "refused " + x))));
    TriggerEdit edit =
        new TriggerEdit(
            Sample.trigger(""),
            Sample.entries(
                "repository", x, "image", x, "pattern0", x, "tags0", x, "pattern1", x, "tags1", x));
    put(
        "trigger-edit",
        "form",
        layout("Edit shop"),
        edit.page().with(List.of(new Wrong("pattern0", "wrong " + x))));
    put("trigger", "trigger", layout("shop").wide(), trigger(x));
    put(
        "repositories",
        "repositories",
        layout("Repositories"),
        new RepositoriesPage(
            "team-a",
            "gitlab",
            "shop" + x,
            false,
            List.of(Found.of("group/shop" + x), Found.of("group/shop-web")),
            true,
            null,
            Kubectl.findRepositories("team-a", "gitlab")));
    put(
        "repositories-refused",
        "repositories",
        layout("Repositories"),
        RepositoriesPage.refused("team-a", "gitlab", "shop", "GitLab answers 403." + x));
    put("help", "help", layout("TokenRejected"), HelpPage.of(Reason.TokenRejected));
    put(
        "problem",
        "problem",
        layout("Not allowed"),
        new Problem(
            "Not allowed",
            "The cluster does not let sam do this." + x,
            "Ask whoever manages access."));
    put(
        "problem-too-large",
        "problem",
        Layout.of("Nothing was changed", Optional.empty()),
        Problem.tooLarge("/ns/team-a/bind" + x));
  }

  private static BindingsPage bindings(String x, List<BindingRow> rows) {
    return new BindingsPage("team-a", "/ns/team-a", "1", rows, 6, false, null, "", "", x);
  }

  private static List<BindingRow> rows(String x) {
    return List.of(
        row("gitlab", "GitLab", x, new StatusWord("good", "✓", "Bound")),
        row("github", "GitHub", x, new StatusWord("wait", "!", "Bound · expires in 6 days")),
        row(
            "gitea",
            "Gitea",
            x,
            new StatusWord("wait", "!", "Bound · host not answering since 2026-11-30 10:15 UTC")),
        row("bitbucket", "Bitbucket", x, new StatusWord("bad", "✗", "Failed · TokenRejected" + x)),
        row("gitee", "Gitee", x, new StatusWord("wait", "!", "Waiting for you")),
        row("old", "GitLab", x, new StatusWord("off", "–", "Suspended")));
  }

  private static BindingRow row(String name, String platform, String x, StatusWord status) {
    return new BindingRow(
        name,
        platform,
        "alice" + x,
        "https://" + name + ".example.com" + x,
        "Enterprise/eu-central-1/images" + x,
        status,
        "2027-01-31",
        "2026-11-30 11:45 UTC");
  }

  private static BindingPage failed(String x) {
    return new BindingPage(
        "team-a",
        "gitlab",
        "/ns/team-a/bindings/gitlab",
        "42",
        "GitLab",
        new StatusWord("bad", "✗", "Failed · TokenRejected"),
        "https://gitlab.example.com answered 401: the token was revoked." + x,
        Todo.of(Reason.TokenRejected, Sample.binding(""), false, true),
        null,
        null,
        null,
        List.of(
            new Step("good", "✓", "Address", "in order"),
            new Step("good", "✓", "Host", "in order"),
            new Step("bad", "✗", "Access", "TokenRejected" + x),
            new Step("off", "–", "Scopes", "not known"),
            new Step("off", "–", "Expiry", "not known"),
            new Step(
                "bad",
                "✗",
                "Published",
                "SecretNotOwned",
                "/help/SecretNotOwned",
                "The Secret exists." + x)),
        List.of(
            new Fact("Platform", "GitLab"),
            new Fact("URL", "https://gitlab.example.com" + x),
            new Fact("Account", "alice (42)" + x),
            new Fact("Last proven", "2026-11-30 11:45 UTC")),
        true,
        true,
        false,
        "gitlab-token",
        List.of("gitlab-flux" + x),
        List.of(
            new TriggerRow(
                "shop",
                "group/shop" + x,
                new StatusWord("good", "✓", "Active"),
                "webhook",
                "2026-11-30 11:40 UTC")),
        null,
        builds(x),
        events(x),
        null,
        Kubectl.annotate("team-a", "csb", "gitlab") + x,
        "spec:\n  url: " + x);
  }

  private static List<BuildRow> builds(String x) {
    return List.of(
        new BuildRow(
            "shop",
            "main" + x,
            "main" + x,
            "0123abcd",
            new StatusWord("good", "✓", "Succeeded"),
            null,
            "registry.example.com/team-a/shop:0123abcd" + x,
            "2026-11-30 11:41 UTC",
            "PipelineRun/shop-main-x7k2p",
            BuildLog.command("team-a", "PipelineRun", "shop-main-x7k2p")),
        new BuildRow(
            "shop",
            "main",
            "main",
            "89ef4567",
            new StatusWord("bad", "✗", "Failed"),
            "step build exited with code 1" + x,
            null,
            "2026-11-30 10:02 UTC",
            "PipelineRun/shop-main-q1w2e" + x,
            BuildLog.command("team-a", "PipelineRun", "shop-main-q1w2e")));
  }

  private static List<EventRow> events(String x) {
    return List.of(
        new EventRow(
            "2026-11-30 11:50 UTC",
            true,
            "TokenRejected" + x,
            "The code host does not accept the token." + x),
        new EventRow("2026-11-29 08:00 UTC", false, "Bound", "alice is bound."));
  }

  private static BindingPage suspended() {
    return BindingPage.of(
        Sample.binding(", suspend: true", "phase: Suspended"),
        new Panel<>(List.of(), null),
        new Panel<>(List.of(), null),
        true,
        true,
        "",
        Sample.NOW);
  }

  private static BindingPage viewer(String x) {
    return new BindingPage(
        "team-a",
        "gitlab",
        "/ns/team-a/bindings/gitlab",
        "42",
        "GitLab",
        new StatusWord("good", "✓", "Bound"),
        "The access of alice is proven." + x,
        null,
        null,
        null,
        null,
        List.of(new Step("good", "✓", "Address", "in order")),
        List.of(new Fact("Platform", "GitLab")),
        false,
        false,
        false,
        null,
        List.of(),
        List.of(),
        "list codesourcetriggers",
        List.of(),
        List.of(),
        "list events",
        "kubectl",
        "spec:");
  }

  private static BindingPage code(String x) {
    return new BindingPage(
        "team-a",
        "gitlab",
        "/ns/team-a/bindings/gitlab",
        "42",
        "GitLab",
        new StatusWord("wait", "!", "Waiting for you"),
        "A person must enter the code." + x,
        Todo.of(Reason.AwaitingAuthorization, Sample.binding(""), true, true),
        "https://gitlab.example.com/oauth/device?" + x,
        "ABCD-1234" + x,
        "2026-11-30 12:10 UTC",
        List.of(new Step("good", "✓", "Address", "in order")),
        List.of(new Fact("Platform", "GitLab")),
        true,
        true,
        true,
        null,
        List.of(),
        List.of(),
        null,
        List.of(),
        List.of(),
        null,
        "kubectl",
        "spec:");
  }

  private static TriggersPage triggers(String x) {
    return new TriggersPage(
        "team-a",
        "1",
        List.of(
            new TriggersPage.Row(
                "shop",
                "group/shop" + x,
                "gitlab",
                new StatusWord("good", "✓", "Active"),
                "registry.example.com/team-a/shop:0123abcd" + x,
                builds(x).getFirst()),
            new TriggersPage.Row(
                "web",
                "group/web",
                "gitlab",
                new StatusWord("bad", "✗", "Failed · RepositoryNotFound" + x),
                null,
                builds(x).getLast()),
            new TriggersPage.Row(
                "new", "group/new", "gitlab", new StatusWord("wait", "…", "Pending"), null, null)),
        false);
  }

  private static TriggerPage trigger(String x) {
    return new TriggerPage(
        "team-a",
        "shop",
        "/ns/team-a/triggers/shop",
        "43",
        new StatusWord("wait", "!", "Active · the webhook does not work"),
        "The webhook cannot be made." + x,
        Todo.of(Reason.WebhookNotPermitted, Sample.trigger(""), true),
        List.of(
            new Step("good", "✓", "Rules", "in order"),
            new Step("bad", "✗", "Webhook", "WebhookNotPermitted")),
        List.of(new Fact("Binding", "gitlab"), new Fact("Repository", "group/shop" + x)),
        true,
        false,
        List.of(
            new TriggerPage.RuleRow(
                "main" + x,
                "branches",
                "main" + x,
                "${shortSha}, latest" + x,
                "refs/heads/main Succeeded" + x)),
        builds(x),
        events(x),
        null,
        "kubectl" + x,
        "spec: " + x,
        "main" + x,
        List.of(
            new Explaining.Match(
                "main" + x,
                "registry.example.com/team-a/shop:01234567, registry.example.com/team-a/shop:latest"
                    + x,
                null),
            new Explaining.Match("tags", "", "No name." + x)),
        null);
  }
}
