package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingSpec.Flow;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.web.console.FormPage.Wrong;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindingFormTest {

  private static final String TOKEN = "glpat-very-secret";

  private static BindingForm filled(String... more) {
    Entries entries =
        Sample.entries(
            "name", "gitlab",
            "url", "https://gitlab.example.com",
            "username", "alice",
            "with", "Token",
            "token", TOKEN);
    for (int i = 0; i < more.length; i += 2) {
      entries.all().putSingle(more[i], more[i + 1]);
    }
    return new BindingForm(Sample.GITLAB, entries);
  }

  private static CodeSourceBinding binding(BindingForm form) {
    return Sample.SERIALIZATION.unmarshal(form.binding("team-a"), CodeSourceBinding.class);
  }

  @Test
  void whatIsFilledInBecomesABindingAndASecret() {
    BindingForm form =
        filled(
            "type",
            "Enterprise",
            "region",
            "eu-central-1",
            "instance",
            "images",
            "publish",
            "Flux");

    assertThat(form.wrongs()).isEmpty();
    CodeSourceBinding binding = binding(form);
    assertThat(binding.getMetadata().getName()).isEqualTo("gitlab");
    assertThat(binding.getMetadata().getNamespace()).isEqualTo("team-a");
    assertThat(binding.getSpec().platform().name()).isEqualTo("GitLab");
    assertThat(binding.getSpec().username()).isEqualTo("alice");
    assertThat(binding.getSpec().tokenSecretRef().name()).isEqualTo("gitlab-token");
    assertThat(binding.getSpec().registryInstance().region()).isEqualTo("eu-central-1");
    assertThat(binding.getSpec().publish()).containsExactly(Publication.Flux);
    assertThat(form.access().data(form.entries().text("url")))
        .isEqualTo(Map.of("url", "https://gitlab.example.com", "token", TOKEN));
    assertThat(form.binding("team-a")).doesNotContain(TOKEN);
  }

  @Test
  void withoutAUrlThePublicSiteIsMeant() {
    BindingForm form = filled("url", "");

    assertThat(form.wrongs()).isEmpty();
    assertThat(binding(form).getSpec().url()).isNull();
    assertThat(form.access().data(form.entries().text("url")))
        .containsEntry("url", "https://gitlab.com");
  }

  @Test
  void aPlatformWithoutAPublicSiteNeedsAUrl() {
    assertThat(new BindingForm(Sample.GITEA, filled("url", "").entries()).wrongs())
        .extracting(Wrong::field)
        .containsExactly("url");
  }

  @Test
  void aCodeNeedsNoTokenAndBecomesTheDeviceFlow() {
    BindingForm form = filled("with", "Code", "token", "", "client", "app");

    assertThat(form.wrongs()).isEmpty();
    assertThat(binding(form).getSpec().oauth().flow()).isEqualTo(Flow.Device);
    assertThat(binding(form).getSpec().oauth().clientSecretRef().name()).isEqualTo("app");
    assertThat(binding(form).getSpec().tokenSecretRef()).isNull();
  }

  @Test
  void eachErrorIsToldAtItsField() {
    assertThat(
            filled(
                    "name", "Not A Name",
                    "url", "https://gitlab.example.com/group/shop.git",
                    "username", " ",
                    "token", "\"quoted\"",
                    "region", "eu-central-1")
                .wrongs())
        .extracting(Wrong::field)
        .containsExactly("name", "url", "username", "type", "token");
  }

  @Test
  void theTokenIsNeverSentBack() {
    FormPage page = filled("name", "").bind("team-a").with(filled("name", "").wrongs());

    assertThat(page.problems()).isNotEmpty();
    assertThat(page.toString()).doesNotContain(TOKEN).contains("alice");
  }

  @Test
  void aChangeIsOfTheGenerationThatTheFormShowed() {
    BindingForm form =
        new BindingForm(
            Sample.GITLAB,
            Sample.entries("url", "", "username", "bob", "interval", "2h", "publish", "Git"));

    assertThat(form.patch(Sample.binding("").getSpec(), 3))
        .isEqualTo(
            "[{\"op\":\"test\",\"path\":\"/metadata/generation\",\"value\":3},"
                + "{\"op\":\"remove\",\"path\":\"/spec/url\"},"
                + "{\"op\":\"add\",\"path\":\"/spec/username\",\"value\":\"bob\"},"
                + "{\"op\":\"add\",\"path\":\"/spec/interval\",\"value\":\"2h\"},"
                + "{\"op\":\"add\",\"path\":\"/spec/publish\",\"value\":[\"Git\"]}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\nb", "'a'", "\"a", "a\u007f", "a\u0000"})
  void whatCannotBeATokenIsToldAtItsField(String token) {
    assertThat(AccessFields.tokenWrong(token)).map(Wrong::field).contains("token");
  }

  @Test
  void aFoldedGroupIsOpenedIfSomethingInItIsWrong() {
    FormPage page = filled("region", "eu", "url", "https://gitlab.example.com").bind("team-a");

    assertThat(page.groups())
        .extracting(FormPage.Group::isOpen)
        .containsExactly(true, false, false);
    assertThat(page.with(filled("region", "eu").wrongs()).groups())
        .extracting(FormPage.Group::isOpen)
        .containsExactly(true, true, false);
  }

  private static List<String> fields(PlatformGuide guide) {
    return new BindingForm(guide, Entries.none())
        .bind("team-a").groups().stream()
            .flatMap(group -> group.fields().stream())
            .map(Field::id)
            .toList();
  }

  @Test
  void onlyBitbucketAsksForAnEmailAddress() {
    assertThat(fields(Sample.GITLAB)).contains("token").doesNotContain("email");
    assertThat(fields(Sample.BITBUCKET)).containsSubsequence("token", "email", "client");
  }
}
