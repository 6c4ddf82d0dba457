/* What the plugin has to say, on the host of deskhook_trial.h. */

#include "deskhook_trial.h"

static int run, failed;

static void check(const deskhook_trial *trial, int holds, const char *what) {
  run++;
  if (holds) return;
  failed++;
  printf("failed: %s\n  verdict %u, code \"%s\", message \"%s\", error \"%s\"\n", what, (unsigned)trial->kind, trial->code,
         trial->message, trial->error);
}

/* Asks whether a session with that reason may start. */
static deskhook_status ask(deskhook_trial *trial, const char *reason) {
  deskhook_session_request input = {.reason = deskhook_trial_text(reason)};
  return deskhook_trial_decide(trial, DESKHOOK_SESSION_REQUEST, &input);
}

static int denies(deskhook_trial *trial, const char *reason) {
  return ask(trial, reason) == DESKHOOK_OK && trial->kind == DESKHOOK_VERDICT_DENY &&
         strcmp(trial->code, "reason-too-short") == 0;
}

static int allows(deskhook_trial *trial, const char *reason) {
  return ask(trial, reason) == DESKHOOK_OK && trial->kind == DESKHOOK_VERDICT_ALLOW;
}

/* Whether the manifest has this field with that value. */
static int manifest_has(const char *field, deskhook_text value) {
  static char manifest[65536];
  char line[256];
  FILE *file = fopen("deskhook-plugin.json", "rb");
  if (!file) return 0;
  manifest[fread(manifest, 1, sizeof manifest - 1, file)] = '\0';
  fclose(file);
  snprintf(line, sizeof line, "\"%s\": \"%.*s\"", field, (int)value.size, value.data);
  return strstr(manifest, line) != NULL;
}

int main(void) {
  const deskhook_entry *entry = deskhook_plugin_entry();
  const char *key = "@SECTION@.ShortestReason";
  deskhook_trial trial;

  deskhook_trial_begin(&trial);
  check(&trial, entry->magic == DESKHOOK_MAGIC && entry->struct_size == sizeof *entry, "the entry is one");
  check(&trial, manifest_has("id", entry->id), "the manifest has the plugin's id");
  check(&trial, manifest_has("version", entry->version), "the manifest has the plugin's version");

  check(&trial, allows(&trial, "The printer prints nothing."), "a reason that says something is enough");
  check(&trial, denies(&trial, NULL), "without a reason no session starts");
  check(&trial, denies(&trial, "help"), "a word is not enough");
  check(&trial, denies(&trial, "           "), "blanks say nothing");
  check(&trial, strstr(trial.message, "what you need help with") != NULL, "without texts the sentence is in English");
  deskhook_trial_set(&trial, DESKHOOK_HOST_TEXT, "reason-too-short", "Mindestens {least} Zeichen!");
  check(&trial, denies(&trial, "help") && strcmp(trial.message, "Mindestens 10 Zeichen!") == 0, "it is in their language");

  deskhook_trial_set(&trial, DESKHOOK_HOST_POLICY, key, "3");
  check(&trial, allows(&trial, "fax"), "the policy says how long a reason is");
  check(&trial, allows(&trial, "\xC3\x9C\xC3\x96\xC3\x84"), "characters count, not bytes");
  check(&trial, denies(&trial, "\xC3\x9C\xC3\x96"), "characters count, not bytes");
  deskhook_trial_set(&trial, DESKHOOK_HOST_POLICY, key, "\"many\"");
  check(&trial, ask(&trial, "The printer prints nothing.") == DESKHOOK_FAILED && strstr(trial.error, "\"many\""),
        "no number fails");
  deskhook_trial_set(&trial, DESKHOOK_HOST_POLICY, key, "-1");
  check(&trial, ask(&trial, "The printer prints nothing.") == DESKHOOK_FAILED, "a number below zero fails");
  deskhook_trial_refuse(&trial, DESKHOOK_HOST_POLICY);
  check(&trial, ask(&trial, "The printer prints nothing.") == DESKHOOK_NOT_GRANTED && trial.error[0],
        "without the grant it fails");
  deskhook_trial_end(&trial);

  deskhook_trial_begin(&trial);
  deskhook_trial_without(&trial, DESKHOOK_HOST_TEXT);
  check(&trial, denies(&trial, "help") && trial.message[0], "a host of 1.0 has no texts");
  deskhook_trial_without(&trial, DESKHOOK_HOST_POLICY);
  check(&trial, ask(&trial, "The printer prints nothing.") == DESKHOOK_FAILED, "without a policy it does not guess");
  deskhook_trial_end(&trial);

  printf("%d checks, %d failed\n", run, failed);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
