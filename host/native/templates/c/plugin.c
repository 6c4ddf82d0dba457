/* @ID@: no session starts without a reason that says something.
 *
 * @SECTION@.ShortestReason in the policy is how many characters a reason has at least, blanks not
 * counted; 10 where the policy is silent. The manifest asks for policy:@SECTION@, and has the
 * sentence that the person reads. */

#include "deskhook_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "@SECTION@.ShortestReason"
#define NO_POLICY "this host does not offer " DESKHOOK_HOST_POLICY
#define NO_NUMBER "the policy's " KEY " must be a whole number, found "

enum { DEFAULT_SHORTEST = 10 };

/* One living plugin. Several may live at the same time, so nothing of one is static. */
typedef struct {
  deskhook_instance face;
  const deskhook_host *host;
} plugin;

/* What an answer of the host is written into: a string, as the last byte stays zero. */
typedef struct {
  char bytes[1024];
  size_t size;
} draft;

static deskhook_status append(const deskhook_sink *sink, deskhook_text part) {
  draft *into = sink->context;
  if (part.size >= sizeof into->bytes - into->size) return DESKHOOK_TOO_LARGE;
  if (part.size > 0) memcpy(into->bytes + into->size, part.data, part.size);
  into->size += part.size;
  return DESKHOOK_OK;
}

static deskhook_text text_of(const char *string) {
  deskhook_text text = {string, strlen(string)};
  return text;
}

static int is_same(deskhook_text text, const char *string) {
  return text.size == strlen(string) && memcmp(text.data, string, text.size) == 0;
}

/* The host's side of `id`, or null where this host has none. */
static const void *offer(const plugin *self, const char *id) {
  return self->host->get_extension(self->host, text_of(id));
}

/* How many characters a reason has at least. A value that is none fails, and so denies: a check
 * that guesses is none. */
static deskhook_status shortest(const plugin *self, size_t *least, const deskhook_sink *error) {
  const deskhook_host_policy *policy = offer(self, DESKHOOK_HOST_POLICY);
  draft value = {.size = 0};
  deskhook_sink sink = {sizeof sink, 0, &value, append};
  deskhook_status status;
  char *end;

  *least = DEFAULT_SHORTEST;
  if (!policy) {
    error->write(error, text_of(NO_POLICY));
    return DESKHOOK_FAILED;
  }
  status = policy->get(self->host, text_of(KEY), &sink, error);
  if (status == DESKHOOK_NOT_FOUND) return DESKHOOK_OK;
  if (status != DESKHOOK_OK) return status;
  *least = strtoul(value.bytes, &end, 10);
  if (value.bytes[0] >= '0' && value.bytes[0] <= '9' && *end == '\0') return DESKHOOK_OK;
  error->write(error, text_of(NO_NUMBER));
  error->write(error, text_of(value.bytes));
  return DESKHOOK_FAILED;
}

/* Characters of UTF-8, blanks not counted: bytes that do not go on with the one before. */
static size_t characters(deskhook_text text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte > ' ' && (byte & 0xC0) != 0x80) count++;
  }
  return count;
}

/* What the person reads, in their language; in English where the host is of 1.0 and has no texts. */
static deskhook_text sentence(const plugin *self, size_t least, draft *into) {
  const deskhook_host_translations *texts = offer(self, DESKHOOK_HOST_TEXT);
  deskhook_sink sink = {sizeof sink, 0, into, append};
  deskhook_text found = {into->bytes, 0};
  char values[64];

  snprintf(values, sizeof values, "{\"least\": %lu}", (unsigned long)least);
  if (texts && texts->get(self->host, text_of("reason-too-short"), text_of(values), &sink, NULL) == DESKHOOK_OK) {
    found.size = into->size;
    return found;
  }
  return text_of("Please say in a sentence what you need help with.");
}

static deskhook_status decide(const deskhook_instance *instance, const deskhook_session_request *input,
                              const deskhook_verdict_sink *answer, const deskhook_sink *error) {
  const plugin *self = instance->state;
  deskhook_verdict verdict = {.struct_size = sizeof verdict, .kind = DESKHOOK_VERDICT_ALLOW};
  draft message = {.size = 0};
  size_t least;
  deskhook_status status = shortest(self, &least, error);

  if (status != DESKHOOK_OK) return status;
  if (characters(input->reason) < least) {
    verdict.kind = DESKHOOK_VERDICT_DENY;
    verdict.code = text_of("reason-too-short");
    verdict.message = sentence(self, least, &message);
  }
  return answer->give(answer, &verdict);
}

static const void *get_extension(const deskhook_instance *instance, deskhook_text id) {
  static const deskhook_session_request_hook hook = {sizeof hook, 0, decide};
  (void)instance;
  return is_same(id, DESKHOOK_SESSION_REQUEST) ? &hook : NULL;
}

static void destroy(const deskhook_instance *instance) { free(instance->state); }

static const deskhook_instance *create(const deskhook_host *host, const deskhook_sink *error) {
  plugin *self = calloc(1, sizeof *self);
  deskhook_instance face = {sizeof face, 0, self, destroy, get_extension};
  if (!self) {
    error->write(error, text_of("no memory is left"));
    return NULL;
  }
  self->face = face;
  self->host = host;
  return &self->face;
}

/* Id and version are those of deskhook-plugin.json. */
const deskhook_entry *deskhook_plugin_entry(void) {
  static const deskhook_entry entry = {DESKHOOK_MAGIC, sizeof entry, DESKHOOK_ABI_MAJOR, 0,
                                       DESKHOOK_TEXT("@ID@"), DESKHOOK_TEXT("0.1.0"), create};
  return &entry;
}
