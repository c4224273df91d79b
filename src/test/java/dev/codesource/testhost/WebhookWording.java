package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How one platform words requests and answers about repositories and webhooks. */
public interface WebhookWording {

  /** What a request is about. */
  sealed interface Subject {
    /** A repository by its path. */
    record ByPath(String path) implements Subject {}

    /** A repository by its identifier. */
    record ById(String id) implements Subject {}

    /**
     * All webhooks of a repository.
     *
     * @param repository its path or its identifier
     */
    record Hooks(String repository) implements Subject {}

    /** One webhook. */
    record Hook(String repository, String id) implements Subject {}

    /**
     * A list of repositories.
     *
     * @param owner the first part of their paths; empty: all
     */
    record All(String owner) implements Subject {}
  }

  /** Why the platform refuses. */
  enum Why {
    UNKNOWN_TOKEN,
    NO_REPOSITORY,
    REPOSITORY_FORBIDDEN,
    NO_HOOK,
    NOT_PERMITTED,
    LIMIT_REACHED,
    ADDRESS_REFUSED
  }

  /** A page of a list, counted from 1. */
  record Page(int number, int size) {

    /** With parameters that a platform may limit. */
    static Page of(String number, String size, int largest) {
      return new Page(Integer.parseInt(number), Math.min(Integer.parseInt(size), largest));
    }

    boolean isLast(int total) {
      return number * size >= total;
    }
  }

  /** What the request is about, by its path without query; empty: something else. */
  Optional<Subject> subject(String path);

  /** What answers all other requests. */
  Dialect besides();

  /**
   * The identifier of the repository with this number.
   *
   * @param path where it is at first
   */
  default String repositoryId(int number, String path) {
    return String.valueOf(number);
  }

  Answer repository(WebhookShelf.Repository repository);

  /** A list of repositories, where the platform has one that is asked for. */
  default Answer repositories(List<WebhookShelf.Repository> repositories) {
    throw new IllegalStateException("nobody asks for a list of repositories");
  }

  /** The answer to somebody who asks under a former path; empty: as if there had been none. */
  Optional<Answer> moved(String id);

  /** A request for a webhook with this address, as somebody else might send it. */
  ObjectNode request(String url);

  /** The webhook that a request makes, with the platform's own defaults. */
  ObjectNode made(int number, ObjectNode request);

  /** PUT or PATCH. */
  String methodOfChanges();

  /** Changes a webhook, with what the platform does to fields that the request does not have. */
  void change(ObjectNode hook, ObjectNode request);

  /** A copy as the platform shows it. */
  ObjectNode shown(ObjectNode hook);

  default String id(ObjectNode hook) {
    return hook.path("id").asText();
  }

  String url(ObjectNode hook);

  Page page(Map<String, String> parameters);

  Answer list(List<JsonNode> hooks, Page page, int total);

  default Answer deleted() {
    return new Answer(204, Map.of(), "");
  }

  Answer no(Why why);
}
