package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The repositories of a bound account, to choose one for a trigger. The operator looks for them, as
 * an annotation of the binding asks, and stores the answer in a Secret. The page reads it with the
 * rights of its visitor: whoever may not read Secrets types the path.
 */
@Path(
    "/ns/{namespace: "
        + NamespacesResource.NAME
        + "}/bindings/{binding: "
        + BindingResource.NAME
        + "}/repositories")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class RepositoriesResource {

  /** As the operator takes them. */
  private static final Pattern WORDS = Pattern.compile("[A-Za-z0-9_.~/-]{1,100}");

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
      @PathParam("namespace") String namespace,
      @PathParam("binding") String binding,
      @QueryParam("request") @DefaultValue("") String request,
      @QueryParam("look") @DefaultValue("0") int look,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.show(
        headers,
        uri,
        visit -> {
          if (!REQUEST.matcher(request).matches()) {
            return page(visit, 200, RepositoriesPage.empty(namespace, binding));
          }
          RepositoriesPage page = answer(visit, namespace, binding, request);
          if (!page.isAsked()) {
            return page(visit, 200, page);
          }
          if (look >= MOST_LOOKS) {
            return page(
                visit,
                200,
                RepositoriesPage.refused(
                    namespace,
                    binding,
                    page.words(),
                    "The operator has not answered. It looks for repositories of a binding that is Bound only; look at the page of the binding."));
          }
          return Response.fromResponse(page(visit, 200, page))
              .header(
                  "Refresh",
                  "%d; url=%s&look=%d"
                      .formatted(LOOK_AGAIN, found(namespace, binding, request), look + 1))
              .build();
        });
  }

  private static RepositoriesPage answer(
      Visit visit, String namespace, String binding, String request) {
    try {
      return RepositoriesPage.of(
          namespace,
          binding,
          request,
          visit
              .api()
              .secrets()
              .inNamespace(namespace)
              .withName(binding + CodeSourceBinding.REPOSITORIES_SUFFIX)
              .get());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return RepositoriesPage.refused(
            namespace,
            binding,
            request.split(" ", 2)[0],
            "You may not %s in this namespace, and whoever may not see the credential does not see the names of repositories. Type the path of the repository in the form of the trigger."
                .formatted(new Right("get", "", "secrets")));
      }
      throw e;
    }
  }

  /** Asks the operator. */
  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response find(
      @PathParam("namespace") String namespace,
      @PathParam("binding") String binding,
      @FormParam("words") @DefaultValue("") String typed,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    String words = typed.strip();
    return visits.change(
        headers,
        uri,
        visit -> {
          if (!WORDS.matcher(words).matches()) {
            return page(
                visit,
                422,
                RepositoriesPage.refused(
                    namespace,
                    binding,
                    "",
                    "Type a part of the path: letters, digits, dots, dashes, underscores and slashes, at most 100."));
          }
          String request = words + " " + clock.instant();
          BindingResource.merge(
              visit,
              namespace,
              binding,
              Changing.annotation(CodeSourceBinding.FIND_REPOSITORIES, request));
          return Visits.to(found(namespace, binding, request)).build();
        });
  }

  private static String found(String namespace, String binding, String request) {
    return "/ns/%s/bindings/%s/repositories?request=%s"
        .formatted(namespace, binding, URLEncoder.encode(request, StandardCharsets.UTF_8));
  }

  private static Response page(Visit visit, int status, RepositoriesPage page) {
    return Visits.page(
        status,
        ConsolePages.repositories(
            Layout.of(
                "Repositories",
                Optional.of(visit.visitor()),
                Crumb.START,
                Crumb.namespace(page.namespace()),
                Crumb.binding(page.namespace(), page.binding())),
            page));
  }
}
