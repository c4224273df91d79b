package dev.codesource.codehost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.Platform;
import dev.codesource.codehost.all.SupportedCodeHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** How the deliveries of every platform are checked. A subclass says how its platform signs. */
public abstract class DeliveryContract {
  protected static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  protected static final WebhookSecret SECRET =
      new WebhookSecret("whsec_" + Base64.getEncoder().encodeToString(new byte[32]));

  private static final WebhookSecret OTHER =
      new WebhookSecret("whsec_" + Base64.getEncoder().encodeToString(filled(32, 1)));

  /** Longer than a block of the hash, with bytes that are no text. */
  protected static final byte[] BODY = body();

  private static final Path FOLDER =
      Path.of(Optional.ofNullable(System.getenv("RECORDINGS")).orElse("../shared/recordings"))
          .resolve("webhooks");

  /** The folders of recordings, each of which a subclass replays. */
  private static final Set<String> PRODUCTS =
      Set.of("bitbucket-cloud", "bitbucket-dc", "gitea", "gitee", "github", "gitlab");

  protected abstract Platform platform();

  /** Those of {@link #PRODUCTS} that are this platform's. */
  protected abstract Set<String> products();

  /** Begins a check with a secret that need not have the form of the operator's own. */
  protected abstract Optional<DeliveryCheck> begin(
      DeliveryHeaders headers, String secret, Clock clock);

  /** The headers of a genuine delivery of {@link #BODY} at {@link #NOW}: those that prove it. */
  protected abstract Map<String, String> genuine();

  /** Whether the proof is of the body, too. */
  protected boolean signsTheBody() {
    return true;
  }

  // What is genuine.

  @Test
  protected void believesAGenuineDelivery() {
    assertThat(isGenuine(genuine(), SECRET, BODY)).isTrue();
  }

  @Test
  protected void takesTheBodyInAnyPieces() {
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      DeliveryCheck check = begun(genuine(), SECRET).orElseThrow();
      int at = 0;
      while (at < BODY.length) {
        int end = Math.min(BODY.length, at + random.nextInt(2 + i * 5));
        check.update(Arrays.copyOfRange(BODY, at, end));
        at = end;
      }
      assertThat(check.isGenuine()).isTrue();
    }
  }

  // What is not.

  @Test
  protected void noticesAChangedBodyWhereItIsSigned() {
    for (int at : List.of(0, 1, 63, 64, BODY.length - 1)) {
      byte[] changed = BODY.clone();
      changed[at] ^= 1;
      assertThat(isGenuine(genuine(), SECRET, changed)).isEqualTo(!signsTheBody());
    }
    byte[] shorter = Arrays.copyOf(BODY, BODY.length - 1);
    byte[] longer = Arrays.copyOf(BODY, BODY.length + 1);
    assertThat(isGenuine(genuine(), SECRET, shorter)).isEqualTo(!signsTheBody());
    assertThat(isGenuine(genuine(), SECRET, longer)).isEqualTo(!signsTheBody());
    assertThat(isGenuine(genuine(), SECRET, new byte[0])).isEqualTo(!signsTheBody());
  }

  @Test
  protected void doesNotBelieveAHeaderWithOneCharacterChanged() {
    for (Map.Entry<String, String> header : genuine().entrySet()) {
      for (int at = 0; at < header.getValue().length(); at++) {
        StringBuilder changed = new StringBuilder(header.getValue());
        changed.setCharAt(at, changed.charAt(at) == '7' ? '8' : '7');
        assertThat(isGenuine(with(header.getKey(), changed.toString()), SECRET, BODY))
            .as("%s: %s", header.getKey(), changed)
            .isFalse();
      }
    }
  }

  @Test
  protected void doesNotBelieveADeliveryThatLacksAHeader() {
    assertThat(begun(Map.of(), SECRET)).isEmpty();
    for (String name : genuine().keySet()) {
      Map<String, String> fewer = new HashMap<>(genuine());
      fewer.remove(name);
      assertThat(begun(fewer, SECRET)).as("without " + name).isEmpty();
    }
  }

  @Test
  protected void doesNotBelieveWhoeverKnowsAnotherSecret() {
    assertThat(isGenuine(genuine(), OTHER, BODY)).isFalse();
  }

  /** Everybody knows the empty secret. */
  @Test
  protected void believesNobodyWhereTheSecretIsEmpty() {
    for (String value : List.of("", "0".repeat(64), "sha256=" + "0".repeat(64))) {
      Map<String, String> headers = new TreeMap<>(genuine());
      headers.replaceAll((name, known) -> name.contains("time") ? known : value);
      assertThat(begin(headers(headers), "", clock())).isEmpty();
    }
    assertThat(begin(headers(genuine()), "", clock())).isEmpty();
  }

  @TestFactory
  protected Stream<DynamicTest> believesNoHostileHeader() {
    return genuine().keySet().stream()
        .flatMap(
            name ->
                hostile(genuine().get(name)).entrySet().stream()
                    .map(
                        value ->
                            dynamicTest(
                                name + " is " + value.getKey(),
                                () ->
                                    assertThat(
                                            isGenuine(with(name, value.getValue()), SECRET, BODY))
                                        .isFalse())));
  }

  private static Map<String, String> hostile(String genuine) {
    Map<String, String> values = new TreeMap<>();
    values.put("empty", "");
    values.put("blank", "  ");
    values.put("too long", genuine + "0".repeat(1_024));
    values.put("too long by far", "v1,".repeat(1_000_000));
    values.put("sent twice", genuine + ", " + genuine);
    values.put("sent twice without a space", genuine + "," + genuine);
    values.put("with a line break", genuine + "\r\nx: y");
    values.put("with a zero", genuine + "\0");
    values.put("with half a character", genuine + "\ud83d");
    values.put("of other digits", genuine.replaceAll("[0-9]", "\u0661"));
    values.put("of letters that look alike", genuine.replaceAll("[A-Za-z]", "\u0430"));
    values.put("a prefix alone", "sha256=");
    values.put("of another scheme", "sha1=" + "0".repeat(40));
    values.put("cut off", genuine.substring(0, genuine.length() - 1));
    values.put("a negative number", "-1");
    values.put("a number without end", "9".repeat(1_000));
    values.put("not hexadecimal", "g".repeat(64));
    values.put("not Base64", "v1,*");
    values.values().remove(genuine);
    return values;
  }

  @Test
  protected void noTextInAnyHeaderIsAnException() {
    Random random = new Random(11);
    for (int i = 0; i < 5_000; i++) {
      Map<String, String> headers = new TreeMap<>(genuine());
      headers.replaceAll(
          (name, known) -> random.nextInt(3) == 0 ? known : scrambled(known, random));
      if (!headers.equals(genuine())) {
        assertThat(isGenuine(headers, SECRET, BODY)).isFalse();
      }
    }
  }

  /** Any text, or a known one of which a part is another. */
  private static String scrambled(String known, Random random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? known : "");
    int start = text.length();
    for (int n = random.nextInt(80); n >= 0; n--) {
      char any = random.nextBoolean() ? (char) random.nextInt(128) : (char) random.nextInt(65_536);
      text.insert(random.nextInt(text.length() + 1), any);
    }
    return start > 0 && random.nextBoolean() ? text.substring(random.nextInt(start)) : "" + text;
  }

  @Test
  protected void tellsNoHeaderInALog() {
    assertThat(headers(genuine()).toString()).isEqualTo("DeliveryHeaders");
  }

  // What was recorded.

  @TestFactory
  protected Stream<DynamicTest> believesWhatEachRecordingSays() throws IOException {
    if (!Files.isDirectory(FOLDER)) {
      String missing =
          "There are no recordings in "
              + FOLDER.toAbsolutePath().normalize()
              + ": none is replayed. RECORDINGS names another folder.";
      System.out.println(missing);
      abort(missing);
    }
    assertThat(folders(FOLDER).map(folder -> folder.getFileName().toString()))
        .as("nobody has decided which platform this is")
        .isSubsetOf(PRODUCTS);
    List<Path> recordings =
        products().stream().map(FOLDER::resolve).flatMap(DeliveryContract::folders).toList();
    assertThat(recordings).isNotEmpty();
    return recordings.stream()
        .map(
            folder ->
                dynamicTest(
                    FOLDER.relativize(folder).toString(), folder.toUri(), () -> replay(folder)));
  }

  private static Stream<Path> folders(Path parent) {
    try (Stream<Path> folders = Files.list(parent)) {
      return folders.filter(Files::isDirectory).sorted().toList().stream();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void replay(Path folder) throws IOException {
    ObjectMapper json = new ObjectMapper();
    byte[] body = Files.readAllBytes(folder.resolve("body.raw"));
    JsonNode signature = json.readTree(folder.resolve("expect.json").toFile()).path("signature");
    Map<String, String> sent =
        json.readTree(folder.resolve("headers.json").toFile()).properties().stream()
            .collect(
                Collectors.toMap(
                    header -> header.getKey().toLowerCase(Locale.ROOT),
                    header -> header.getValue().asText()));
    if (signature.isNull()) {
      assertThat(begin(headers(sent), SECRET.text(), clock())).as("it has no proof").isEmpty();
      return;
    }
    String secret = signature.path("secret").asText();
    Clock then = recordedAt(sent).map(DeliveryContract::at).orElseGet(DeliveryContract::clock);
    assertThat(isGenuine(begin(headers(sent), secret, then), body))
        .isEqualTo(signature.path("valid").asBoolean());
    assertThat(isGenuine(begin(headers(sent), secret + "x", then), body)).isFalse();
    body[body.length / 2] ^= 1;
    assertThat(isGenuine(begin(headers(sent), secret, then), body))
        .isEqualTo(signature.path("valid").asBoolean() && !isSignedIn(sent));
  }

  /** Whether a recorded delivery's body is signed. */
  protected boolean isSignedIn(Map<String, String> sent) {
    return signsTheBody();
  }

  /** When a recorded delivery was sent, where a header tells. */
  protected Optional<Instant> recordedAt(Map<String, String> sent) {
    return Optional.empty();
  }

  // How the tests ask.

  protected static DeliveryHeaders headers(Map<String, String> sent) {
    return new DeliveryHeaders(lookup(sent));
  }

  private static Function<String, Optional<String>> lookup(Map<String, String> sent) {
    return name -> Optional.ofNullable(sent.get(name));
  }

  protected final Map<String, String> with(String name, String value) {
    Map<String, String> changed = new TreeMap<>(genuine());
    changed.put(name, value);
    return changed;
  }

  /** As the operator begins a check. */
  protected final Optional<DeliveryCheck> begun(Map<String, String> sent, WebhookSecret secret) {
    return begun(sent, secret, clock());
  }

  protected final Optional<DeliveryCheck> begun(
      Map<String, String> sent, WebhookSecret secret, Clock clock) {
    return SupportedCodeHosts.all(clock).of(platform()).deliveries().begin(lookup(sent), secret);
  }

  protected final boolean isGenuine(Map<String, String> sent, WebhookSecret secret, byte[] body) {
    return isGenuine(begun(sent, secret), body);
  }

  protected static boolean isGenuine(Optional<DeliveryCheck> check, byte[] body) {
    check.ifPresent(begun -> begun.update(body));
    return check.filter(DeliveryCheck::isGenuine).isPresent();
  }

  protected static Clock clock() {
    return at(NOW);
  }

  protected static Clock at(Instant time) {
    return Clock.fixed(time, ZoneOffset.UTC);
  }

  /** A signature by the JDK alone. */
  protected static byte[] hmac(String algorithm, byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  protected static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  protected static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The signature that most platforms send, of {@link #BODY}. */
  protected static String hexSignature() {
    return hex(hmac("HmacSHA256", SECRET.text().getBytes(UTF_8), BODY));
  }

  private static byte[] body() {
    byte[] bytes = filled(300, (byte) 0xff);
    byte[] start = "{\"ref\":\"refs/heads/ma\u00efn\"".getBytes(UTF_8);
    System.arraycopy(start, 0, bytes, 0, start.length);
    return bytes;
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
