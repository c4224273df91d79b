package dev.codesource.web.authorize;

import dev.codesource.address.Origin;
import dev.codesource.api.BindingSpec.Flow;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.http.limit.RequestInterruptedException;
import dev.codesource.oauth.AuthorizationContext;
import dev.codesource.oauth.AuthorizationContextResolver;
import dev.codesource.oauth.CodeFlow;
import dev.codesource.oauth.GrantManager;
import dev.codesource.oauth.Grants;
import dev.codesource.oauth.PublicUrl;
import dev.codesource.oauth.SecureTokens;
import dev.codesource.oauth.Tokens;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.runtime.SecretMetadataClient;
import dev.codesource.web.Html;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
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
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The pages of an authorization in a browser: the page, its button, the callback, the result. */
@Path("/")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "console")
public final class AuthorizationResource {

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.authorize");
  private static final int RETRY_AFTER = 5;
  private static final String NAME = BrowserRequest.NAME;
  private static final String PAGE = "/authorize/";

  private final KubernetesClient client;
  private final AuthorizationContextResolver contexts;
  private final GrantManager authorizations;
  private final ClientSecrets clientSecrets;
  private final ClusterAccess access;
  private final AttemptNotes notes;
  private final Optional<Site> site;
  private final Admission pages = new Admission();
  private final Admission callbacks = new Admission();

  /** The URL of the pages, and the flow whose callback is there. */
  private record Site(PublicUrl url, CodeFlow flow) {}

  AuthorizationResource(
      KubernetesClient client,
      AuthorizationContextResolver contexts,
      GrantManager authorizations,
      Tokens tokens,
      OwnedSecretStore store,
      ClusterAccess access,
      PublicUrl.Setting setting,
      Clock clock) {
    this.client = client;
    this.contexts = contexts.forPages();
    this.authorizations = authorizations;
    this.clientSecrets = new ClientSecrets(store, new SecretMetadataClient(client));
    this.access = access;
    this.notes = new AttemptNotes(client, clock);
    this.site = setting.url().map(url -> new Site(url, new CodeFlow(tokens, store, url, clock)));
  }

  /**
   * The page that shows what is requested, or before it the form for a token of the cluster.
   * Changes nothing.
   */
  @GET
  @Path("authorize/{namespace: " + NAME + "}/{name: " + NAME + "}")
  public Response ask(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context HttpHeaders headers) {
    BrowserRequest request = new BrowserRequest(headers);
    String formToken = request.formToken();
    if (site.isPresent() && access.isRequired() && request.bearer().isEmpty()) {
      return withFormCookie(
          Html.page(200, Pages.prove(namespace, name, formToken, Html.STYLE)), formToken);
    }
    return admitted(
        namespace + "/" + name,
        () ->
            isAllowed(request.bearer(), namespace, name)
                ? forBinding(
                    namespace,
                    name,
                    found -> contexts.withoutCertificates(found, clientSecrets),
                    (ignored, authorization) -> askPage(authorization, formToken, Optional.empty()))
                : result(403, ResultPage.NOT_ALLOWED, Optional.of(path(namespace, name))));
  }

  /**
   * The button: redirects to the code host. If a token of the cluster was sent, shows what is
   * requested first.
   */
  @POST
  @Path("authorize/{namespace: " + NAME + "}/{name: " + NAME + "}")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response begin(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @FormParam("token") @Nullable String formToken,
      @FormParam("cluster_token") @Nullable String clusterToken,
      @Context HttpHeaders headers) {
    BrowserRequest request = new BrowserRequest(headers);
    Optional<String> typed = Optional.ofNullable(clusterToken).filter(text -> access.isRequired());
    return admitted(
        namespace + "/" + name,
        () -> {
          if (site.isEmpty()) {
            return result(404, ResultPage.NOT_FOUND);
          }
          if (!request.sentFrom(site.get().url(), Optional.ofNullable(formToken))) {
            return result(403, ResultPage.NOT_OURS, Optional.of(path(namespace, name)));
          }
          if (!isAllowed(typed.or(request::bearer), namespace, name)) {
            return result(403, ResultPage.NOT_ALLOWED, Optional.of(path(namespace, name)));
          }
          return forBinding(
              namespace,
              name,
              found -> contexts.of(found, clientSecrets),
              (own, authorization) ->
                  switch (own.flow().begin(authorization)) {
                    case Outcome.Done<CodeFlow.Begun>(var begun) -> {
                      callbacks.begun(namespace + "/" + name, flowId(begun.cookie()));
                      yield Response.fromResponse(
                              typed.isPresent()
                                  ? askPage(
                                      authorization,
                                      request.formToken(),
                                      Optional.of(begun.authorize()))
                                  : Html.guarded(Response.status(303), formTargets(authorization))
                                      .header("Location", begun.authorize())
                                      .build())
                          .header("Set-Cookie", BrowserRequest.flowCookie(begun))
                          .build();
                    }
                    case Outcome.Refused<CodeFlow.Begun>(var problem) -> problem(problem);
                    case Outcome.Waiting<CodeFlow.Begun>(var problem, var until, var whom) ->
                        problem(problem);
                  });
        });
  }

  private boolean isAllowed(Optional<String> token, String namespace, String name) {
    return !access.isRequired()
        || token.filter(found -> access.mayChange(found, namespace, name)).isPresent();
  }

  /**
   * @param next the target of the button; empty: this resource
   */
  private Response askPage(
      AuthorizationContext authorization, String formToken, Optional<URI> next) {
    Response page =
        Html.page(
            200,
            Pages.authorize(asked(authorization, formToken, next), Html.STYLE),
            formTargets(authorization));
    return Response.fromResponse(withFormCookie(page, formToken))
        .header(
            "Set-Cookie",
            BrowserRequest.pageCookie(path(authorization.namespace(), authorization.name())))
        .build();
  }

  private static Response withFormCookie(Response page, String formToken) {
    return Response.fromResponse(page)
        .header("Set-Cookie", BrowserRequest.formCookie(formToken))
        .build();
  }

  /**
   * The callback of an application whose registration has the redirect URI of an earlier version,
   * which was the same for all code hosts. Its code is not used.
   */
  @GET
  @Path("callback")
  public Response finishWithoutSite(
      @QueryParam("state") @Nullable String state,
      @QueryParam("code") @Nullable String code,
      @QueryParam("error") @Nullable String error,
      @QueryParam("iss") @Nullable String issuer,
      @Context HttpHeaders headers) {
    return finish("", state, code, error, issuer, headers);
  }

  /**
   * The callback. All parameters may be forged.
   *
   * @param address the site whose redirect URI it is
   */
  @GET
  @Path("callback/{address: .+}")
  public Response finish(
      @PathParam("address") String address,
      @QueryParam("state") @Nullable String state,
      @QueryParam("code") @Nullable String code,
      @QueryParam("error") @Nullable String error,
      @QueryParam("iss") @Nullable String issuer,
      @Context HttpHeaders headers) {
    if (site.isEmpty()) {
      return result(404, ResultPage.NOT_FOUND);
    }
    CodeFlow.Callback callback =
        new CodeFlow.Callback(
            "/callback/" + address,
            Optional.ofNullable(state),
            Optional.ofNullable(code),
            Optional.ofNullable(error),
            Optional.ofNullable(issuer),
            new BrowserRequest(headers)::cookie);
    Optional<CodeFlow.Of> of = CodeFlow.of(callback);
    // These cost nothing, and so have no limit.
    if (of.isEmpty()) {
      return ended(site.get(), callback, new CodeFlow.Ending.OtherBrowser());
    }
    if (!isNamed(of.get().namespace(), of.get().name())) {
      return ended(site.get(), callback, new CodeFlow.Ending.Gone());
    }
    String binding = of.get().namespace() + "/" + of.get().name();
    Supplier<Response> work =
        () -> ended(site.get(), callback, ending(site.get().flow(), callback, of.get()));
    boolean expected =
        callback
            .state()
            .flatMap(known -> callback.cookies().apply(CodeFlow.cookieName(known)))
            .filter(cookie -> callbacks.expected(binding, flowId(cookie)))
            .isPresent();
    return answered(
        binding, () -> expected ? Optional.of(work.get()) : callbacks.admit(binding, work));
  }

  /** What a flow is recognized by in memory: not by what a browser could use. */
  private static String flowId(String cookie) {
    return SecureTokens.digest(cookie);
  }

  private static Response ended(Site own, CodeFlow.Callback callback, CodeFlow.Ending ending) {
    var response =
        Html.guarded(Response.status(303), "'self'")
            .header("Location", own.url().uri().resolve("/result/" + ResultPage.of(ending).key()));
    callback
        .state()
        .map(CodeFlow::cookieName)
        .filter(cookie -> callback.cookies().apply(cookie).isPresent())
        .ifPresent(cookie -> response.header("Set-Cookie", BrowserRequest.forget(cookie)));
    return response.build();
  }

  private CodeFlow.Ending ending(CodeFlow flow, CodeFlow.Callback callback, CodeFlow.Of of) {
    return binding(of.namespace(), of.name())
        .map(
            binding -> {
              CodeFlow.Ending ending =
                  flow.finish(callback, binding, found -> contexts.of(found, clientSecrets));
              notes.note(binding, ending);
              return ending;
            })
        .orElseGet(CodeFlow.Ending.Gone::new);
  }

  private static boolean isNamed(String namespace, String name) {
    return namespace.matches(NAME) && name.matches(NAME);
  }

  /** The result: one of a fixed set of pages. */
  @GET
  @Path("result/{key: [A-Za-z-]{1,64}}")
  public Response result(@PathParam("key") String key, @Context HttpHeaders headers) {
    return ResultPage.withKey(key)
        .filter(ignored -> site.isPresent())
        .map(result -> result(200, result, new BrowserRequest(headers).page()))
        .orElseGet(() -> result(404, ResultPage.NOT_FOUND));
  }

  /** Handles a request for a binding that waits for an authorization in a browser. */
  @FunctionalInterface
  private interface ForBinding {
    Response answer(Site own, AuthorizationContext authorization);
  }

  private Response forBinding(
      String namespace,
      String name,
      Function<CodeSourceBinding, Outcome<AuthorizationContext>> context,
      ForBinding work) {
    Optional<CodeSourceBinding> binding = site.flatMap(own -> binding(namespace, name));
    if (binding.isEmpty()) {
      return result(404, ResultPage.NOT_FOUND);
    }
    return switch (context.apply(binding.get())) {
      case Outcome.Done<AuthorizationContext>(var authorization) ->
          authorizations.isGranted(authorization)
              ? result(200, ResultPage.ALREADY)
              : work.answer(site.orElseThrow(), authorization);
      case Outcome.Refused<AuthorizationContext>(var problem) -> problem(problem);
      case Outcome.Waiting<AuthorizationContext>(var problem, var until, var whom) ->
          problem(problem);
    };
  }

  private Optional<CodeSourceBinding> binding(String namespace, String name) {
    return Optional.ofNullable(
            client.resources(CodeSourceBinding.class).inNamespace(namespace).withName(name).get())
        .filter(binding -> !binding.isMarkedForDeletion())
        .filter(binding -> !Boolean.TRUE.equals(binding.getSpec().suspend()))
        .filter(
            binding ->
                Optional.ofNullable(binding.getSpec().oauth())
                    .filter(oauth -> oauth.wantedFlow() == Flow.AuthorizationCode)
                    .isPresent());
  }

  private Pages.Ask asked(
      AuthorizationContext authorization, String formToken, Optional<URI> next) {
    return new Pages.Ask(
        authorization.namespace(),
        authorization.name(),
        authorization.codeHost().platform().name(),
        authorization.site().toString(),
        authorization.username(),
        authorization.scopes(),
        Grants.secretName(authorization.binding()),
        site.orElseThrow().url().callback(authorization.site()).toString(),
        formToken,
        next.map(URI::toString).orElse(null));
  }

  /**
   * Browsers apply this to redirects of a form too, and a code host may redirect to a single
   * sign-on at any address.
   */
  private static String formTargets(AuthorizationContext authorization) {
    return authorization.site().origin().scheme() == Origin.Scheme.HTTPS
        ? "'self' https:"
        : "'self' https: http:";
  }

  private static Response result(int status, ResultPage result) {
    return result(status, result, Optional.empty());
  }

  /**
   * @param again the path of the page to open again, where something is still to be done
   */
  private static Response result(int status, ResultPage result, Optional<String> again) {
    return Html.page(
        status,
        Pages.result(result, again.filter(path -> !result.good()).orElse(null), Html.STYLE));
  }

  private static String path(String namespace, String name) {
    return PAGE + namespace + "/" + name;
  }

  private static Response problem(Problem problem) {
    return Html.page(409, Pages.problem(problem.message(), Html.STYLE));
  }

  private Response admitted(String binding, Supplier<Response> work) {
    return answered(binding, () -> pages.admit(binding, work));
  }

  /**
   * @param binding whose page can be opened again, if the work may succeed later
   */
  private static Response answered(String binding, Supplier<Optional<Response>> work) {
    return attempted(work)
        .orElseGet(
            () ->
                Response.fromResponse(
                        result(503, ResultPage.UNAVAILABLE, Optional.of(PAGE + binding)))
                    .header("Retry-After", RETRY_AFTER)
                    .build());
  }

  /** The result of some work; empty: it may succeed later. */
  static <T> Optional<T> attempted(Supplier<Optional<T>> work) {
    try {
      return work.get();
    } catch (KubernetesClientException e) {
      LOG.warnf("a page could not be made: the API server answers %d", e.getCode());
      return Optional.empty();
    } catch (RequestInterruptedException e) { // the operator stops
      return Optional.empty();
    }
  }
}
