package dev.codesource.web.console;

import io.quarkus.qute.Engine;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.TemplateLocator.TemplateLocation;
import io.quarkus.qute.ValueResolvers;
import io.quarkus.qute.Variant;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The templates of the console, filled without an application. */
final class Rendering {

  private static final Engine ENGINE =
      Engine.builder()
          .addDefaults()
          .addValueResolver(ValueResolvers.rawResolver())
          .addValueResolver(new ReflectionValueResolver())
          .addResultMapper(new HtmlEscaper(List.of("text/html")))
          .addLocator(id -> Optional.of(new Source(id)))
          .build();

  private Rendering() {}

  private record Source(String id) implements TemplateLocation {
    @Override
    public Reader read() {
      return new InputStreamReader(
          Objects.requireNonNull(
              Rendering.class.getResourceAsStream("/templates/" + id + ".html"), id),
          StandardCharsets.UTF_8);
    }

    @Override
    public Optional<Variant> getVariant() {
      return Optional.of(Variant.forContentType(Variant.TEXT_HTML));
    }
  }

  /** A page. */
  static String of(String template, Map<String, Object> data) {
    var instance = Objects.requireNonNull(ENGINE.getTemplate(template)).instance();
    data.forEach(instance::data);
    return instance.render();
  }
}
