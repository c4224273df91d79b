package dev.codesource.builder;

import dev.codesource.build.DueCommit;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be built.
 *
 * @param owner the trigger
 * @param name of the object that builds
 * @param cloneUrl of the repository, http or https, without user
 * @param images the names of the image with their tags, at least one where the builder needs one
 * @param contextDir a folder of the repository; empty: its root
 * @param dockerfile in the folder
 * @param buildArgs templates, by name
 * @param platforms such as {@code linux/amd64}; empty: that of the node
 * @param variables what templates may use, by name; see {@link Templates}
 * @param serviceAccount that creates the object, and as which the build runs
 * @param gitSecret the Secret that the binding publishes for this builder
 * @param pushSecret of type {@code kubernetes.io/dockerconfigjson}
 * @param timeout after which the build has failed
 */
public record BuildOrder(
    String namespace,
    OwnerReference owner,
    String name,
    DueCommit due,
    URI cloneUrl,
    List<String> images,
    Optional<String> contextDir,
    Optional<String> dockerfile,
    Map<String, String> buildArgs,
    List<String> platforms,
    Map<String, String> variables,
    String serviceAccount,
    String gitSecret,
    Optional<String> pushSecret,
    Duration timeout) {

  public BuildOrder {
    images = List.copyOf(images);
    buildArgs = Map.copyOf(buildArgs);
    platforms = List.copyOf(platforms);
    variables = Map.copyOf(variables);
  }
}
