/* A host in a few lines, and what the plugin has to say to it. */

#include "deskhook_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the host answers: a policy value as JSON, or how asking for it ends; a text, or none. */
static const char *policy_value;
static deskhook_status policy_status;
static const char *text_value;

/* What the plugin said last. */
static struct {
  uint32_t kind;
  char code[64], message[256], error[256];
} said;

static int run, failed;

static const char *kind_name(uint32_t kind) {
  static const char *const names[] = {[DESKHOOK_VERDICT_ABSTAIN] = "abstain",
                                      [DESKHOOK_VERDICT_ALLOW] = "allow",
                                      [DESKHOOK_VERDICT_DENY] = "deny",
                                      [DESKHOOK_VERDICT_ASK] = "ask"};
  return kind < sizeof names / sizeof *names ? names[kind] : "none that there is";
}

static void check(int holds, const char *what) {
  run++;
  if (holds) return;
  failed++;
  printf("failed: %s\n  verdict: %s, code \"%s\", message \"%s\", error \"%s\"\n", what, kind_name(said.kind), said.code,
         said.message, said.error);
}

/* Appends to the string in a sink's context, which has 256 bytes. */
static deskhook_status append(const deskhook_sink *sink, deskhook_text part) {
  char *into = sink->context;
  size_t size = strlen(into);
  if (part.size >= 256 - size) return DESKHOOK_TOO_LARGE;
  if (part.size > 0) memcpy(into + size, part.data, part.size);
  into[size + part.size] = '\0';
  return DESKHOOK_OK;
}

static deskhook_text text_of(const char *string) {
  deskhook_text text = {string, string ? strlen(string) : 0};
  return text;
}

static int is_same(deskhook_text text, const char *string) {
  return text.size == strlen(string) && memcmp(text.data, string, text.size) == 0;
}

static deskhook_status policy_get(const deskhook_host *host, deskhook_text key, const deskhook_sink *value,
                                  const deskhook_sink *error) {
  (void)host;
  if (!is_same(key, "@SECTION@.ShortestReason") || policy_status != DESKHOOK_OK) {
    error->write(error, text_of("policy:@SECTION@ is not granted"));
    return DESKHOOK_NOT_GRANTED;
  }
  return policy_value ? value->write(value, text_of(policy_value)) : DESKHOOK_NOT_FOUND;
}

static deskhook_status text_get(const deskhook_host *host, deskhook_text key, deskhook_text values,
                                const deskhook_sink *value, const deskhook_sink *error) {
  (void)host;
  (void)error;
  if (!is_same(key, "reason-too-short")) return DESKHOOK_NOT_FOUND;
  value->write(value, text_of(text_value));
  return value->write(value, values);
}

static const void *get_extension(const deskhook_host *host, deskhook_text id) {
  static const deskhook_host_policy policy = {sizeof policy, 0, policy_get};
  static const deskhook_host_translations texts = {sizeof texts, 0, text_get};
  (void)host;
  if (is_same(id, DESKHOOK_HOST_POLICY)) return &policy;
  return is_same(id, DESKHOOK_HOST_TEXT) && text_value ? &texts : NULL;
}

static deskhook_status give(const deskhook_verdict_sink *sink, const deskhook_verdict *verdict) {
  (void)sink;
  said.kind = verdict->kind;
  snprintf(said.code, sizeof said.code, "%.*s", (int)verdict->code.size, verdict->code.data ? verdict->code.data : "");
  snprintf(said.message, sizeof said.message, "%.*s", (int)verdict->message.size,
           verdict->message.data ? verdict->message.data : "");
  return DESKHOOK_OK;
}

/* Asks a new plugin whether a session with that reason may start. */
static deskhook_status ask(const char *reason) {
  deskhook_host host = {.magic = DESKHOOK_MAGIC, .struct_size = sizeof host, .abi_major = DESKHOOK_ABI_MAJOR,
                        .abi_minor = DESKHOOK_ABI_MINOR, .get_extension = get_extension};
  deskhook_device device = {.struct_size = sizeof device};
  deskhook_person person = {.struct_size = sizeof person};
  deskhook_context context = {.struct_size = sizeof context, .device = &device, .person = &person};
  deskhook_session_request input = {.struct_size = sizeof input, .context = &context, .reason = text_of(reason)};
  deskhook_verdict_sink answer = {sizeof answer, 0, NULL, give};
  deskhook_sink error = {sizeof error, 0, said.error, append};
  const deskhook_instance *instance;
  const deskhook_session_request_hook *hook;
  deskhook_status status;

  memset(&said, 0, sizeof said);
  instance = deskhook_plugin_entry()->create(&host, &error);
  if (!instance) return DESKHOOK_FAILED;
  hook = instance->get_extension(instance, text_of(DESKHOOK_SESSION_REQUEST));
  status = hook ? hook->decide(instance, &input, &answer, &error) : DESKHOOK_FAILED;
  instance->destroy(instance);
  return status;
}

static int denies(const char *reason) {
  return ask(reason) == DESKHOOK_OK && said.kind == DESKHOOK_VERDICT_DENY && strcmp(said.code, "reason-too-short") == 0;
}

static int allows(const char *reason) { return ask(reason) == DESKHOOK_OK && said.kind == DESKHOOK_VERDICT_ALLOW; }

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
  check(entry->magic == DESKHOOK_MAGIC && entry->struct_size == sizeof *entry, "the entry is one");
  check(manifest_has("id", entry->id), "the manifest has the plugin's id");
  check(manifest_has("version", entry->version), "the manifest has the plugin's version");

  check(allows("The printer prints nothing."), "a reason that says something is enough");
  check(denies(NULL), "without a reason no session starts");
  check(denies("help"), "a word is not enough");
  check(denies("           "), "blanks say nothing");
  check(strstr(said.message, "what you need help with") != NULL, "without texts the sentence is in English");
  text_value = "Bitte sagen Sie mehr: ";
  check(denies("help") && strcmp(said.message, "Bitte sagen Sie mehr: {\"least\": 10}") == 0, "it is in their language");

  policy_value = "3";
  check(allows("fax"), "the policy says how long a reason is");
  check(allows("\xC3\x9C\xC3\x96\xC3\x84"), "characters count, not bytes");
  check(denies("\xC3\x9C\xC3\x96"), "characters count, not bytes");
  policy_value = "\"many\"";
  check(ask("The printer prints nothing.") == DESKHOOK_FAILED && strstr(said.error, "\"many\""), "no number fails");
  policy_value = "-1";
  check(ask("The printer prints nothing.") == DESKHOOK_FAILED, "a number below zero fails");
  policy_status = DESKHOOK_NOT_GRANTED;
  check(ask("The printer prints nothing.") == DESKHOOK_NOT_GRANTED && said.error[0], "without the grant it fails");

  printf("%d checks, %d failed\n", run, failed);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
