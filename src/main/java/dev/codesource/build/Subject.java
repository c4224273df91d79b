package dev.codesource.build;

/** What is built of a branch or tag by a rule: a newer commit of it can take the place of one. */
public record Subject(String rule, GitRef ref) {

  /** What a commit is of. */
  public static Subject of(DueCommit due) {
    return new Subject(due.rule(), due.ref());
  }
}
