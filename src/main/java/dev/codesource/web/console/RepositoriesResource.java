package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.OwnedName;
import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.InstantSource;
import java.util.regex.Pattern;

/**
 * The repositories of a bound account, to choose one for a trigger. The operator looks for them, as
 * an annotation of the binding asks, and stores the answer in a Secret. The page reads it with the
 * rights of its visitor: whoever may not read Secrets types the path.
 */
@Path(Paths.BINDING + "/repositories")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class RepositoriesResource {

  /** As the operator takes them. */
  private static final Pattern WORDS = Pattern.compile(CodeSourceBinding.REPOSITORY_WORDS);

  private static final Pattern REQUEST = Pattern.compile(WORDS + " [0-9TZ:.-]{1,40}");

  /** In seconds, between two looks for the answer. It works without a script. */
  private static final int LOOK_AGAIN = 1;

  private static final int MOST_LOOKS = 20;

  private final Visits visits;
  private final InstantSource clock;

  RepositoriesResource(Visits visits, Clock clock) {
    this.visits = visits;
    this.clock = clock;
  }

  /**
   * The form, and what was found.
   *
   * @param request what the operator was asked
   * @param look how often the page has looked for the answer
   */
  @GET
  public Response show(
      @QueryParam("request") @DefaultValue("") String request,
      @QueryParam("look") @DefaultValue("0") int look,
      @BeanParam Call call) {
    return visits.show(
        call,
        visit -> {
          if (!REQUEST.matcher(request).matches()) {
            return page(visit, 200, RepositoriesPage.empty(visit.namespace(), visit.name()));
          }
          RepositoriesPage page = answer(visit, request);
          if (!page.isAsked()) {
            return page(visit, 200, page);
          }
          if (look >= MOST_LOOKS) {
            return page(
                visit,
                200,
                refused(
                    visit,
                    page.words(),
                    "The operator has not answered. It looks for repositories of a binding that is Bound only; look at the page of the binding."));
          }
          return Response.fromResponse(page(visit, 200, page))
              .header("Refresh", again(found(visit, request), look))
              .build();
        });
  }

  /** Anybody can write what is counted in the address. */
  static String again(String url, int look) {
    return "%d; url=%s&look=%d".formatted(LOOK_AGAIN, url, Math.max(0, look) + 1);
  }

  private static RepositoriesPage answer(Visit visit, String request) {
    try {
      return RepositoriesPage.of(
          visit.namespace(),
          visit.name(),
          request,
          visit
              .api()
              .secrets()
              .inNamespace(visit.namespace())
              .withName(OwnedName.of(visit.name(), CodeSourceBinding.REPOSITORIES_SUFFIX))
              .get());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return refused(
            visit,
            request.split(" ", 2)[0],
            "You may not %s in this namespace, and whoever may not see the credential does not see the names of repositories. Type the path of the repository in the form of the trigger."
                .formatted(new Right("get", "", "secrets")));
      }
      throw e;
    }
  }

  private static RepositoriesPage refused(Visit visit, String words, String problem) {
    return RepositoriesPage.refused(visit.namespace(), visit.name(), words, problem);
  }

  /** Asks the operator. */
  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response find(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) -> {
          String words = entries.text("words");
          if (!WORDS.matcher(words).matches()) {
            return page(
                visit,
                422,
                refused(
                    visit,
                    "",
                    "Type a part of the path: letters, digits, dots, dashes, underscores and slashes, at most 100."));
          }
          String request = words + " " + clock.instant();
          Changing.merge(
              visit,
              CodeSourceBinding.class,
              visit.name(),
              Changing.annotation(CodeSourceBinding.FIND_REPOSITORIES, request));
          return Visits.to(found(visit, request));
        });
  }

  private static String found(Visit visit, String request) {
    return "%s?request=%s"
        .formatted(
            Paths.repositories(visit.namespace(), visit.name()),
            URLEncoder.encode(request, StandardCharsets.UTF_8));
  }

  private static Response page(Visit visit, int status, RepositoriesPage page) {
    return Visits.page(
        status,
        ConsolePages.repositories(
            visit.layout(
                "Repositories",
                Crumb.START,
                Crumb.namespace(visit.namespace()),
                Crumb.binding(visit.namespace(), visit.name())),
            page));
  }
}
