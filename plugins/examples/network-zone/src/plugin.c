/* Lets sessions start from the organisation's networks only: README.md has the policy. */

#include <deskhook_plugin.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "zone.h"

#ifndef NETWORK_ZONE_FOLDER
#define NETWORK_ZONE_FOLDER "/proc/self/net"
#endif

/* The most of a policy's value and of a text that is read, in bytes. */
#define LONGEST 16384

typedef struct buffer {
  size_t size;
  char bytes[LONGEST];
} buffer;

static deskhook_text text(const char *word) {
  deskhook_text made = {word, strlen(word)};
  return made;
}

static int is(deskhook_text one, const char *word) {
  return one.data != NULL && one.size == strlen(word) && memcmp(one.data, word, one.size) == 0;
}

static deskhook_status append(const deskhook_sink *sink, deskhook_text part) {
  buffer *into = sink->context;
  if (part.size > sizeof into->bytes - into->size) return DESKHOOK_TOO_LARGE;
  if (part.size > 0) memcpy(into->bytes + into->size, part.data, part.size);
  into->size += part.size;
  return DESKHOOK_OK;
}

static deskhook_sink sink_of(buffer *into) {
  deskhook_sink sink = {sizeof sink, 0, NULL, append};
  sink.context = into;
  into->size = 0;
  return sink;
}

static deskhook_text view(const buffer *of) {
  deskhook_text made = {of->bytes, of->size};
  return made;
}

static deskhook_status fail(const deskhook_sink *error, const char *why) {
  error->write(error, text(why));
  return DESKHOOK_FAILED;
}

/* Reads a list of the policy into `list`, and `*found` is it, or null where the policy has none. */
static deskhook_status ask(const deskhook_host *host, const char *key, zone_list *list, const zone_list **found,
                           const deskhook_sink *error) {
  const deskhook_host_policy *policy = host->get_extension(host, text(DESKHOOK_HOST_POLICY));
  buffer value, why;
  deskhook_sink to = sink_of(&value), told = sink_of(&why);
  deskhook_status got;
  deskhook_text part = {NULL, 0};
  *found = NULL;
  if (policy == NULL || policy->get == NULL) return fail(error, "the host offers no policy");
  got = policy->get(host, text(key), &to, &told);
  if (got == DESKHOOK_NOT_FOUND) return DESKHOOK_OK;
  if (got != DESKHOOK_OK) {
    error->write(error, view(&why));
    return got;
  }
  if (zone_parse(value.bytes, value.size, list, &part.data, &part.size) == 0) {
    *found = list;
    return DESKHOOK_OK;
  }
  error->write(error, text("the policy's "));
  error->write(error, text(key));
  error->write(error, text(" must be a list of at most 256 networks, as [\"10.0.0.0/8\", \"fd00::/8\"], without bits behind the prefix; found "));
  error->write(error, part);
  return DESKHOOK_FAILED;
}

static deskhook_status deny(const deskhook_host *host, const deskhook_verdict_sink *answer, const char *why,
                            const net_address *which, const deskhook_sink *error) {
  const deskhook_host_translations *texts = host->get_extension(host, text(DESKHOOK_HOST_TEXT));
  deskhook_verdict verdict = {sizeof verdict, DESKHOOK_VERDICT_DENY, 0, 0, {NULL, 0}, {NULL, 0}, {NULL, 0}};
  char address[NET_TEXT] = "", values[NET_TEXT + 20], code[32];
  buffer message;
  deskhook_sink to = sink_of(&message);
  deskhook_status got;
  if (texts == NULL || texts->get == NULL) return fail(error, "the host offers no texts");
  if (which != NULL) net_print(which, address);
  /* An address has no character that JSON escapes. */
  snprintf(values, sizeof values, "{\"address\":\"%s\"}", address);
  got = texts->get(host, text(why), text(values), &to, error);
  if (got != DESKHOOK_OK) return got;
  snprintf(code, sizeof code, "network-%s", why);
  verdict.code = text(code);
  verdict.message = view(&message);
  return answer->give(answer, &verdict);
}

static deskhook_status allow(const deskhook_verdict_sink *answer) {
  deskhook_verdict verdict = {sizeof verdict, DESKHOOK_VERDICT_ALLOW, 0, 0, {NULL, 0}, {NULL, 0}, {NULL, 0}};
  return answer->give(answer, &verdict);
}

static deskhook_status decide(const deskhook_instance *instance, const deskhook_session_request *input,
                              const deskhook_verdict_sink *answer, const deskhook_sink *error) {
  const deskhook_host *host = instance->state;
  zone_list allowed_list, denied_list;
  const zone_list *allowed, *denied;
  device_addresses device;
  const net_address *which;
  deskhook_status got = ask(host, "NetworkZone.Allowed", &allowed_list, &allowed, error);
  (void)input;
  if (got != DESKHOOK_OK) return got;
  got = ask(host, "NetworkZone.Denied", &denied_list, &denied, error);
  if (got != DESKHOOK_OK) return got;
  if (allowed == NULL && denied == NULL) return DESKHOOK_OK;
  if (device_read(NETWORK_ZONE_FOLDER, &device) != 0) {
    return fail(error, "the addresses of this device cannot be read in " NETWORK_ZONE_FOLDER);
  }
  switch (zone_judge(allowed, denied, &device, &which)) {
    case ZONE_SILENT: return DESKHOOK_OK;
    case ZONE_ALLOWED: return allow(answer);
    case ZONE_DENIED: return deny(host, answer, "denied", which, error);
    case ZONE_OUTSIDE: return deny(host, answer, "outside", which, error);
    case ZONE_OFFLINE: return deny(host, answer, "offline", which, error);
  }
  return fail(error, "the networks were not judged");
}

static const deskhook_session_request_hook hook = {sizeof hook, 0, decide};

static const void *get_extension(const deskhook_instance *instance, deskhook_text id) {
  (void)instance;
  return is(id, DESKHOOK_SESSION_REQUEST) ? &hook : NULL;
}

static void destroy(const deskhook_instance *instance) { free((void *)(uintptr_t)instance); }

static const deskhook_instance *create(const deskhook_host *host, const deskhook_sink *error) {
  deskhook_instance *made = malloc(sizeof *made);
  if (made == NULL) {
    fail(error, "there is no memory");
    return NULL;
  }
  made->struct_size = sizeof *made;
  made->reserved = 0;
  made->state = (void *)(uintptr_t)host;
  made->destroy = destroy;
  made->get_extension = get_extension;
  return made;
}

DESKHOOK_EXPORT const deskhook_entry *deskhook_plugin_entry(void) {
  /* Texts of the manifest are offered since 1.1. */
  static const deskhook_entry entry = {DESKHOOK_MAGIC, sizeof entry, DESKHOOK_ABI_MAJOR, 1,
                                       DESKHOOK_TEXT("org.deskhook.network-zone"), DESKHOOK_TEXT("0.1.0"), create};
  return &entry;
}
