package dev.codesource.builder;

import dev.codesource.build.DueCommit;
import dev.codesource.digest.Sha256;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * The name of an object that builds: {@code <trigger>-<rule>-<hash>}. The same commit, found at the
 * same time, has the same name in each process and at each attempt, so that it is built once. The
 * same commit found again, as when a branch goes back to it, has another one.
 *
 * <p>It is a DNS label and a value of labels, which Tekton, Shipwright and kpack ask for, and has
 * at most 63 characters.
 */
public final class RunName {

  /** Of 32 letters and digits each: 100 bits. */
  private static final int HASH = 20;

  private static final int RADIX = 32;

  /** What is left for the names of the trigger and of the rule. */
  private static final int NAMES = RunMetadata.LONGEST_LABEL - HASH - 2;

  /** So much of a rule's name is always there. */
  private static final int LEAST_OF_RULE = 20;

  private RunName() {}

  /**
   * The name of the object that builds a commit.
   *
   * @param trigger by its name and UID
   */
  public static String of(OwnerReference trigger, DueCommit due) {
    String of = trigger.getName().replace('.', '-');
    String rule = cut(due.rule(), Math.max(LEAST_OF_RULE, NAMES - of.length()));
    return "%s-%s-%s".formatted(cut(of, NAMES - rule.length()), rule, hash(trigger, due));
  }

  /**
   * Whether the name of an object is that of a commit. The annotations that tell the commit can be
   * changed, and the name cannot.
   */
  public static boolean isOf(String name, OwnerReference trigger, DueCommit due) {
    return of(trigger, due).equals(name);
  }

  private static String cut(String name, int length) {
    return name.substring(0, Math.min(name.length(), length)).replaceAll("-+$", "");
  }

  private static String hash(OwnerReference trigger, DueCommit due) {
    MessageDigest digest = Sha256.begin();
    for (String part :
        List.of(
            trigger.getUid(),
            due.rule(),
            due.ref().fullName(),
            due.sha(),
            due.foundAt().toString())) {
      // With its length, so that no two lists of parts give the same text.
      digest.update((part.length() + ":" + part).getBytes(StandardCharsets.UTF_8));
    }
    String text = new BigInteger(1, digest.digest()).toString(RADIX);
    return "0".repeat(HASH).concat(text).substring(text.length());
  }
}
