package dev.codesource.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

class RefsTest {

  private static final String ONE = "1".repeat(40);
  private static final String TWO = "2".repeat(40);

  @Test
  void eachRefIsFoundByItsName() {
    Random random = new Random(7);
    Map<String, String> expected = new TreeMap<>();
    Refs.Builder builder = new Refs.Builder();
    for (int i = 0; i < 1000; i++) {
      String name = "refs/heads/" + (i % 3 == 0 ? "ä" : "a") + random.nextInt(1_000_000);
      String id = "%040x".formatted(random.nextLong() & Long.MAX_VALUE);
      if (expected.putIfAbsent(name, id) == null) {
        builder.add(name, id);
      }
    }
    Refs refs = builder.build();

    assertThat(refs.size()).isEqualTo(expected.size());
    expected.forEach((name, id) -> assertThat(refs.commit(name)).contains(id));
    assertThat(refs.commit("refs/heads/")).isEmpty();
    assertThat(refs.commit("refs/heads/zzz")).isEmpty();
    Map<String, String> all = new LinkedHashMap<>();
    refs.forEach(all::put);
    assertThat(all).isEqualTo(expected);
  }

  @Test
  void theOrderInWhichRefsComeDoesNotCount() {
    Refs some = new Refs.Builder().add("refs/heads/a", ONE).add("refs/heads/b", TWO).build();
    Refs same = new Refs.Builder().add("refs/heads/b", TWO).add("refs/heads/a", ONE).build();
    Refs other = new Refs.Builder().add("refs/heads/b", ONE).add("refs/heads/a", ONE).build();

    assertThat(some).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(other);
    assertThat(some).isNotEqualTo(Refs.NONE);
  }

  @Test
  void ofTwoWithOneNameTheFirstCounts() {
    Refs refs = new Refs.Builder().add("refs/heads/a", ONE).add("refs/heads/a", TWO).build();
    assertThat(refs.size()).isOne();
    assertThat(refs.commit("refs/heads/a")).contains(ONE);
  }

  @Test
  void anEmptyRepositoryHasNone() {
    assertThat(Refs.NONE.size()).isZero();
    assertThat(Refs.NONE.commit("refs/heads/main")).isEmpty();
  }

  @Test
  void idsHaveOneLength() {
    Refs.Builder builder =
        new Refs.Builder().add("refs/heads/a", ONE).add("refs/heads/b", "3".repeat(64));
    assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theCompactFormIsReadAsItWasAndIsCompact() {
    Random random = new Random(7);
    Refs.Builder builder = new Refs.Builder();
    for (int i = 0; i < RefFilter.MOST; i++) {
      builder.add(
          "refs/tags/release-2026.%d".formatted(i),
          "%016x%016x%08x".formatted(random.nextLong(), random.nextLong(), random.nextInt()));
    }
    Refs refs = builder.build();
    byte[] bytes = refs.below("refs/tags/", 10).toBytes();

    assertThat(Refs.of(refs.toBytes())).isEqualTo(refs);
    assertThat(Refs.of(Refs.NONE.toBytes())).isEqualTo(Refs.NONE);
    // In Base64 it has to fit into a Secret of 1 MiB.
    assertThat(bytes.length).isLessThan(700_000);
    assertThat(Refs.of(bytes).size()).isEqualTo(RefFilter.MOST);
  }

  @Test
  void whatIsNoCompactFormIsRefused() {
    byte[] bytes = new Refs.Builder().add("refs/heads/a", ONE).build().toBytes();
    assertThatThrownBy(() -> Refs.of(new byte[0])).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Refs.of("nonsense".getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Refs.of(Arrays.copyOf(bytes, bytes.length / 2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void twoListsHaveTheSameDigestOnlyIfTheyAreEqual() {
    Refs one = new Refs.Builder().add("refs/heads/ab", ONE).add("refs/heads/c", ONE).build();
    Refs other = new Refs.Builder().add("refs/heads/a", ONE).add("refs/heads/bc", ONE).build();
    assertThat(one.digest()).isEqualTo(Refs.of(one.toBytes()).digest());
    assertThat(one.digest()).isNotEqualTo(other.digest());
  }

  @Test
  void theDigestTellsNamesAndWhereTheyEnd() {
    Refs name = new Refs.Builder().add("refs/heads/a", ONE).build();
    assertThat(name.digest())
        .isNotEqualTo(new Refs.Builder().add("refs/heads/b", ONE).build().digest());

    // The same letters in a row.
    Refs one =
        new Refs.Builder().add("refs/heads/a", ONE).add("refs/heads/arefs/heads/b", ONE).build();
    Refs other =
        new Refs.Builder().add("refs/heads/arefs/heads/a", ONE).add("refs/heads/b", ONE).build();
    assertThat(one.digest()).isNotEqualTo(other.digest());
  }

  @Test
  void shorterIdsAreTheBeginningOfTheWholeOnes() {
    String id = "0123456789abcdef0123456789abcdef01234567";
    Refs refs = new Refs.Builder().add("refs/heads/a", ONE).add("refs/tags/v1", id).build();

    assertThat(refs.below("refs/tags/", 10).commit("refs/tags/v1"))
        .hasValue("0123456789abcdef0123");
    assertThat(refs.below("refs/tags/", 32).commit("refs/tags/v1")).hasValue(id);
    assertThat(refs.below("refs/tags/", 10).size()).isOne();
  }

  @Test
  void idsOfSha256AreReadAsTheyWere() {
    Refs refs = new Refs.Builder().add("refs/heads/a", "ab".repeat(32)).build();

    assertThat(Refs.of(refs.toBytes())).isEqualTo(refs);
  }

  /** 2 kB that would be 3 GB: whoever may write the Secret can put it there. */
  @Test
  void aBombIsRefusedBeforeItTakesMemory() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(new DeflaterOutputStream(out))) {
      data.writeByte(
          new DataInputStream(
                  new InflaterInputStream(
                      new ByteArrayInputStream(new Refs.Builder().build().toBytes())))
              .readUnsignedByte());
      data.writeInt(50_000);
      data.writeByte(20);
      for (int i = 0; i < 50_000; i++) {
        data.writeShort(0xFFFF);
        data.writeShort(0);
      }
    }

    assertThatThrownBy(() -> Refs.of(out.toByteArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names");
  }
}
