/* A host for the tests of a plugin in C or C++: the plugin is linked into the test, and called across
 * the same border as in an agent. Licence: Apache-2.0 OR MIT.
 *
 *     deskhook_trial trial;
 *     deskhook_session_request input = {0};
 *     deskhook_trial_begin(&trial);
 *     deskhook_trial_set(&trial, DESKHOOK_HOST_POLICY, "Zone.Allowed", "[\"office\"]");
 *     deskhook_trial_set(&trial, DESKHOOK_HOST_FACTS, "zone", "\"guest\"");
 *     if (deskhook_trial_decide(&trial, DESKHOOK_SESSION_REQUEST, &input) != DESKHOOK_OK) puts(trial.error);
 *     if (trial.kind != DESKHOOK_VERDICT_DENY) puts("a guest must not get in");
 *     deskhook_trial_end(&trial);
 *
 * As in an agent, nobody answers `create`, but the log, the clock, the cancel token and the folder. What
 * the test does not name is not granted for facts and calls, and not there for policy, store and texts.
 * Each function is for one thread, and what it gives back holds until the next one; what a plugin asks for
 * may come on any thread only while the test itself does nothing else with the trial. */

#ifndef DESKHOOK_TRIAL_H
#define DESKHOOK_TRIAL_H

#include "deskhook_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A string that grows. */
typedef struct deskhook_trial_string {
  char *data;
  size_t size;
  int is_spoiled;
} deskhook_trial_string;

/* What a service knows, or heard: the log's lines and the requests have no name. */
typedef struct deskhook_trial_note {
  struct deskhook_trial_note *next;
  char *service, *name, *value;
} deskhook_trial_note;

/* A host, and a plugin on it. */
typedef struct deskhook_trial {
  /* For the test to set. */
  deskhook_person person;  /* `en` unless set */
  deskhook_device device;  /* `linux` unless set */
  deskhook_context context;
  deskhook_time time;      /* what the clock shows */
  const char *folder;      /* the plugin's own; none unless set */
  int is_cancelled;        /* nobody waits for the answer any more */

  /* What the last hook said. */
  uint32_t kind;            /* one of DESKHOOK_VERDICT_ */
  uint32_t timeout_seconds; /* of a question */
  const char *code, *message, *title;
  const char *answer;       /* of a hook that does not decide: JSON; empty is no answer */
  const char *error;        /* why it failed */

  /* Its own. */
  deskhook_host host;
  const deskhook_instance *instance;
  deskhook_trial_note *known, *refused, *missing;
  deskhook_trial_string texts[5];
  int is_open, verdicts, is_spoiled;
} deskhook_trial;

/* ---- for the host itself ---- */

static inline deskhook_text deskhook_trial_text(const char *string) {
  deskhook_text text;
  text.data = string;
  text.size = string ? strlen(string) : 0;
  return text;
}

static inline int deskhook_trial_is(deskhook_text text, const char *string) {
  return text.data && text.size == strlen(string) && memcmp(text.data, string, text.size) == 0;
}

/* Whether it is UTF-8, as every text has to be. */
static inline int deskhook_trial_is_utf8(deskhook_text text) {
  size_t i = 0;
  while (i < text.size) {
    unsigned char first = (unsigned char)text.data[i++];
    int more = first < 0x80 ? 0 : first >= 0xC2 && first < 0xE0 ? 1 : first >= 0xE0 && first < 0xF0 ? 2 : first >= 0xF0 && first < 0xF5 ? 3 : -1;
    unsigned char least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80, most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (more < 0) return 0;
    for (; more > 0; more--, least = 0x80, most = 0xBF) {
      unsigned char next = i < text.size ? (unsigned char)text.data[i++] : 0;
      if (next < least || next > most) return 0;
    }
  }
  return 1;
}

static inline const char *deskhook_trial_blank(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
  return at;
}

/* The end of the JSON string or word that begins there; null where none does. */
static inline const char *deskhook_trial_word(const char *at, const char *end) {
  static const char *const words[] = {"true", "false", "null"};
  size_t i;
  if (at < end && *at == '"') {
    for (at++; at < end && *at != '"'; at++) {
      if ((unsigned char)*at < ' ') return NULL;
      if (*at == '\\' && (++at == end || !strchr("\"\\/bfnrtu", *at))) return NULL;
    }
    return at < end ? at + 1 : NULL;
  }
  for (i = 0; i < sizeof words / sizeof *words; i++) {
    size_t size = strlen(words[i]);
    if ((size_t)(end - at) >= size && memcmp(at, words[i], size) == 0) return at + size;
  }
  if (at < end && *at == '-') at++;
  if (at == end || *at < '0' || *at > '9') return NULL;
  while (at < end && strchr("0123456789+-.eE", *at) && *at) at++;
  return at;
}

/* The end of the JSON value that begins there; null where none does. */
static inline const char *deskhook_trial_value(const char *at, const char *end, int depth) {
  char close;
  at = deskhook_trial_blank(at, end);
  if (at == end || depth > 64) return NULL;
  if (*at != '{' && *at != '[') return deskhook_trial_word(at, end);
  close = *at == '{' ? '}' : ']';
  at = deskhook_trial_blank(at + 1, end);
  if (at < end && *at == close) return at + 1;
  for (;;) {
    if (close == '}') {
      if (at == end || *at != '"' || !(at = deskhook_trial_word(at, end))) return NULL;
      at = deskhook_trial_blank(at, end);
      if (at == end || *at++ != ':') return NULL;
    }
    if (!(at = deskhook_trial_value(at, end, depth + 1))) return NULL;
    at = deskhook_trial_blank(at, end);
    if (at == end) return NULL;
    if (*at == close) return at + 1;
    if (*at++ != ',') return NULL;
    at = deskhook_trial_blank(at, end);
  }
}

/* Whether it is one JSON value, near enough: what is wrong within a number is not found. */
static inline int deskhook_trial_is_json(deskhook_text text) {
  const char *end = text.data ? text.data + text.size : NULL;
  const char *at = text.data ? deskhook_trial_value(text.data, end, 0) : NULL;
  return at && deskhook_trial_blank(at, end) == end && deskhook_trial_is_utf8(text);
}

/* The test itself is wrong: it says so and ends. */
static inline void deskhook_trial_wrong(const char *why, const char *what) {
  fprintf(stderr, "deskhook_trial: %s: %s\n", why, what);
  abort();
}

static inline void *deskhook_trial_grow(void *old, size_t size) {
  void *grown = realloc(old, size);
  if (!grown) {
    fputs("deskhook_trial: no memory is left\n", stderr);
    abort();
  }
  return grown;
}

static inline char *deskhook_trial_copy(deskhook_text text) {
  char *copy = (char *)deskhook_trial_grow(NULL, text.size + 1);
  if (text.size > 0) memcpy(copy, text.data, text.size);
  copy[text.size] = '\0';
  return copy;
}

static inline deskhook_status deskhook_trial_append(deskhook_trial_string *to, deskhook_text part, size_t most) {
  if (part.size > most - to->size) return DESKHOOK_TOO_LARGE;
  to->data = (char *)deskhook_trial_grow(to->data, to->size + part.size + 1);
  if (part.size > 0) memcpy(to->data + to->size, part.data, part.size);
  to->size += part.size;
  to->data[to->size] = '\0';
  return DESKHOOK_OK;
}

static inline deskhook_status deskhook_trial_write(const deskhook_sink *sink, deskhook_text part) {
  deskhook_trial_string *into = (deskhook_trial_string *)sink->context;
  deskhook_status status = DESKHOOK_INVALID;
  if (deskhook_trial_is_utf8(part)) status = deskhook_trial_append(into, part, 256 * 1024);
  if (status != DESKHOOK_OK) into->is_spoiled = 1;
  return status;
}

static inline deskhook_sink deskhook_trial_sink(deskhook_trial_string *into) {
  deskhook_sink sink;
  sink.struct_size = sizeof sink;
  sink.reserved = 0;
  sink.context = into;
  sink.write = deskhook_trial_write;
  return sink;
}

static inline deskhook_status deskhook_trial_told(const deskhook_sink *sink, const char *text) {
  return sink ? sink->write(sink, deskhook_trial_text(text)) : DESKHOOK_INVALID;
}

static inline void deskhook_trial_free(deskhook_trial_note **list) {
  while (*list) {
    deskhook_trial_note *gone = *list;
    *list = gone->next;
    free(gone->service);
    free(gone->name);
    free(gone->value);
    free(gone);
  }
}

/* Behind the others, so that lines stand in the order in which they came. */
static inline void deskhook_trial_add(deskhook_trial_note **list, const char *service, deskhook_text name,
                                      deskhook_text value) {
  deskhook_trial_note *note = (deskhook_trial_note *)deskhook_trial_grow(NULL, sizeof *note);
  note->next = NULL;
  note->service = deskhook_trial_copy(deskhook_trial_text(service));
  note->name = deskhook_trial_copy(name);
  note->value = deskhook_trial_copy(value);
  while (*list) list = &(*list)->next;
  *list = note;
}

static inline deskhook_trial_note **deskhook_trial_find(deskhook_trial_note **list, const char *service,
                                                        deskhook_text name) {
  while (*list && !(strcmp((*list)->service, service) == 0 && deskhook_trial_is(name, (*list)->name)))
    list = &(*list)->next;
  return list;
}

/* Sets a value, or forgets it: with no text. */
static inline void deskhook_trial_put(deskhook_trial *trial, const char *service, deskhook_text name,
                                      deskhook_text value) {
  deskhook_trial_note **found = deskhook_trial_find(&trial->known, service, name), *gone = *found;
  /* What is set may be what was there before. */
  if (value.data) deskhook_trial_add(&trial->known, service, name, value);
  if (!gone) return;
  *found = gone->next;
  gone->next = NULL;
  deskhook_trial_free(&gone);
}

static inline deskhook_trial *deskhook_trial_of(const deskhook_host *host) { return (deskhook_trial *)host->context; }

static inline int deskhook_trial_has(deskhook_trial_note *list, const char *service) {
  return *deskhook_trial_find(&list, service, deskhook_trial_text("")) != NULL;
}

/* Writes what the service knows, or says why it does not. */
static inline deskhook_status deskhook_trial_ask(const deskhook_host *host, const char *service, deskhook_text name,
                                                 deskhook_status otherwise, const deskhook_sink *value,
                                                 const deskhook_sink *error) {
  deskhook_trial *trial = deskhook_trial_of(host);
  deskhook_trial_note *found;
  if (!name.data || !value) return DESKHOOK_INVALID;
  if (!trial->is_open) return DESKHOOK_NO_ANSWER;
  found = *deskhook_trial_find(&trial->known, service, name);
  if (found && !deskhook_trial_has(trial->refused, service))
    return value->write(value, deskhook_trial_text(found->value));
  if (deskhook_trial_has(trial->refused, service)) otherwise = DESKHOOK_NOT_GRANTED;
  if (otherwise == DESKHOOK_NOT_GRANTED && error) {
    deskhook_trial_told(error, "the test does not grant this of ");
    deskhook_trial_told(error, service);
    deskhook_trial_told(error, ": ");
    error->write(error, name);
  }
  return otherwise;
}

static inline deskhook_status deskhook_trial_fact_get(const deskhook_host *host, deskhook_text name,
                                                      const deskhook_sink *value, const deskhook_sink *error) {
  return deskhook_trial_ask(host, DESKHOOK_HOST_FACTS, name, DESKHOOK_NOT_GRANTED, value, error);
}

static inline deskhook_status deskhook_trial_policy_get(const deskhook_host *host, deskhook_text key,
                                                        const deskhook_sink *value, const deskhook_sink *error) {
  return deskhook_trial_ask(host, DESKHOOK_HOST_POLICY, key, DESKHOOK_NOT_FOUND, value, error);
}

static inline deskhook_status deskhook_trial_store_get(const deskhook_host *host, deskhook_text key,
                                                       const deskhook_sink *value, const deskhook_sink *error) {
  return deskhook_trial_ask(host, DESKHOOK_HOST_STORE, key, DESKHOOK_NOT_FOUND, value, error);
}

static inline deskhook_status deskhook_trial_store_set(const deskhook_host *host, deskhook_text key,
                                                       deskhook_text value, const deskhook_sink *error) {
  deskhook_trial *trial = deskhook_trial_of(host);
  deskhook_text none = {NULL, 0};
  (void)error;
  if (!key.data || !deskhook_trial_is_json(value)) return DESKHOOK_INVALID;
  if (!trial->is_open) return DESKHOOK_NO_ANSWER;
  if (value.size > 64 * 1024) return DESKHOOK_TOO_LARGE;
  deskhook_trial_put(trial, DESKHOOK_HOST_STORE, key, deskhook_trial_is(value, "null") ? none : value);
  return DESKHOOK_OK;
}

static inline deskhook_status deskhook_trial_log_write(const deskhook_host *host, uint32_t level, deskhook_text line) {
  if (!line.data || level > DESKHOOK_LOG_ERROR) return DESKHOOK_INVALID;
  deskhook_trial_add(&deskhook_trial_of(host)->known, DESKHOOK_HOST_LOG, deskhook_trial_text(""), line);
  return DESKHOOK_OK;
}

static inline deskhook_status deskhook_trial_request_send(const deskhook_host *host, deskhook_text request,
                                                          const deskhook_sink *error) {
  deskhook_trial *trial = deskhook_trial_of(host);
  (void)error;
  if (!deskhook_trial_is_json(request)) return DESKHOOK_INVALID;
  if (!trial->is_open) return DESKHOOK_NO_ANSWER;
  deskhook_trial_add(&trial->known, DESKHOOK_HOST_REQUEST, deskhook_trial_text(""), request);
  return DESKHOOK_OK;
}

/* The value of a field of a JSON object as it stands there, a text without its quotes; none where there is no
 * such field. It knows nothing of escapes and of objects in objects, which a test can do without. */
static inline deskhook_text deskhook_trial_field(deskhook_text object, const char *name) {
  deskhook_text found = {NULL, 0};
  size_t length = strlen(name), at, end;
  for (at = 0; at + length + 2 < object.size; at++) {
    const char *here = object.data + at;
    if (here[0] != '"' || memcmp(here + 1, name, length) != 0 || here[length + 1] != '"') continue;
    for (end = at + length + 2; end < object.size && (object.data[end] == ' ' || object.data[end] == ':'); end++)
      if (object.data[end] == ':') found.data = object.data;
    if (!found.data) continue;
    found.data = object.data + end;
    if (end < object.size && object.data[end] == '"') {
      found.data++;
      while (++end < object.size && object.data[end] != '"') found.size++;
    } else {
      for (; end < object.size && !strchr(",} ", object.data[end]); end++) found.size++;
    }
    return found;
  }
  return found;
}

static inline deskhook_status deskhook_trial_call_send(const deskhook_host *host, deskhook_text request,
                                                       const deskhook_sink *answer, const deskhook_sink *error) {
  static const char *const about[] = {"url", "path", "name"};
  deskhook_text found = {NULL, 0};
  size_t i;
  if (!deskhook_trial_is_json(request)) return DESKHOOK_INVALID;
  for (i = 0; i < sizeof about / sizeof *about && !found.data; i++) found = deskhook_trial_field(request, about[i]);
  if (!found.data) found = deskhook_trial_text("");
  return deskhook_trial_ask(host, DESKHOOK_HOST_CALL, found, DESKHOOK_NOT_GRANTED, answer, error);
}

static inline deskhook_status deskhook_trial_text_get(const deskhook_host *host, deskhook_text key,
                                                      deskhook_text values, const deskhook_sink *value,
                                                      const deskhook_sink *error) {
  deskhook_trial_note *found = *deskhook_trial_find(&deskhook_trial_of(host)->known, DESKHOOK_HOST_TEXT, key);
  const char *rest, *open;
  (void)error;
  if (!key.data || !value) return DESKHOOK_INVALID;
  if (!found) return DESKHOOK_NOT_FOUND;
  for (rest = found->value; (open = strchr(rest, '{')) != NULL;) {
    char name[64] = "";
    const char *close = strchr(open, '}');
    deskhook_text before, filled = {NULL, 0};
    before.data = rest;
    before.size = (size_t)(open - rest);
    value->write(value, before);
    if (close && (size_t)(close - open) <= sizeof name) {
      memcpy(name, open + 1, (size_t)(close - open) - 1);
      filled = deskhook_trial_field(values, name);
    }
    if (filled.data) value->write(value, filled);
    else value->write(value, deskhook_trial_text("{"));
    rest = filled.data ? close + 1 : open + 1;
  }
  return value->write(value, deskhook_trial_text(rest));
}

static inline deskhook_status deskhook_trial_clock_now(const deskhook_host *host, deskhook_time *time) {
  uint32_t size = time ? time->struct_size : 0;
  if (size < sizeof *time) return DESKHOOK_INVALID;
  *time = deskhook_trial_of(host)->time;
  time->struct_size = size;
  return DESKHOOK_OK;
}

static inline uint32_t deskhook_trial_is_cancelled(const deskhook_host *host) {
  return deskhook_trial_of(host)->is_cancelled != 0;
}

static inline uint64_t deskhook_trial_remaining(const deskhook_host *host) {
  return deskhook_trial_of(host)->is_cancelled ? 0 : 60000;
}

static inline deskhook_status deskhook_trial_folder_path(const deskhook_host *host, const deskhook_sink *value) {
  const char *folder = deskhook_trial_of(host)->folder;
  return folder ? deskhook_trial_told(value, folder) : DESKHOOK_NOT_FOUND;
}

static inline const void *deskhook_trial_service(const deskhook_host *host, deskhook_text id) {
  static const deskhook_host_log log = {sizeof log, 0, deskhook_trial_log_write};
  static const deskhook_host_facts facts = {sizeof facts, 0, deskhook_trial_fact_get};
  static const deskhook_host_policy policy = {sizeof policy, 0, deskhook_trial_policy_get};
  static const deskhook_host_store store = {sizeof store, 0, deskhook_trial_store_get, deskhook_trial_store_set};
  static const deskhook_host_requests requests = {sizeof requests, 0, deskhook_trial_request_send};
  static const deskhook_host_clock clock = {sizeof clock, 0, deskhook_trial_clock_now};
  static const deskhook_host_cancel cancel = {sizeof cancel, 0, deskhook_trial_is_cancelled, deskhook_trial_remaining};
  static const deskhook_host_calls calls = {sizeof calls, 0, deskhook_trial_call_send};
  static const deskhook_host_translations texts = {sizeof texts, 0, deskhook_trial_text_get};
  static const deskhook_host_folder folder = {sizeof folder, 0, deskhook_trial_folder_path};
  static const struct {
    const char *id;
    const void *service;
  } all[] = {{DESKHOOK_HOST_LOG, &log},         {DESKHOOK_HOST_FACTS, &facts},      {DESKHOOK_HOST_POLICY, &policy},
             {DESKHOOK_HOST_STORE, &store},     {DESKHOOK_HOST_REQUEST, &requests}, {DESKHOOK_HOST_CLOCK, &clock},
             {DESKHOOK_HOST_CANCEL, &cancel},   {DESKHOOK_HOST_CALL, &calls},       {DESKHOOK_HOST_TEXT, &texts},
             {DESKHOOK_HOST_FOLDER, &folder}};
  size_t i;
  for (i = 0; i < sizeof all / sizeof *all; i++)
    if (deskhook_trial_is(id, all[i].id))
      return deskhook_trial_has(deskhook_trial_of(host)->missing, all[i].id) ? NULL : all[i].service;
  return NULL;
}

static inline void deskhook_trial_fail(deskhook_trial *trial, const char *why) {
  trial->is_spoiled = 1;
  trial->texts[4].size = 0;
  deskhook_trial_append(&trial->texts[4], deskhook_trial_text(why), 4096);
}

static inline int deskhook_trial_is_blank(deskhook_text text) {
  return deskhook_trial_blank(text.data, text.data + text.size) == text.data + text.size;
}

static inline deskhook_status deskhook_trial_give(const deskhook_verdict_sink *sink, const deskhook_verdict *verdict) {
  deskhook_trial *trial = (deskhook_trial *)sink->context;
  if (!verdict || verdict->struct_size < sizeof *verdict) {
    deskhook_trial_fail(trial, "the verdict says a size that is too small");
    return DESKHOOK_INVALID;
  }
  if (trial->verdicts++ > 0) {
    deskhook_trial_fail(trial, "it gave a second verdict");
    return DESKHOOK_INVALID;
  }
  trial->kind = verdict->kind;
  trial->timeout_seconds = verdict->timeout_seconds;
  if (!deskhook_trial_is_utf8(verdict->code) || !deskhook_trial_is_utf8(verdict->message) ||
      !deskhook_trial_is_utf8(verdict->title))
    deskhook_trial_fail(trial, "a text of the verdict is not UTF-8");
  else if (deskhook_trial_append(&trial->texts[0], verdict->code, 4096) != DESKHOOK_OK ||
           deskhook_trial_append(&trial->texts[1], verdict->message, 4096) != DESKHOOK_OK ||
           deskhook_trial_append(&trial->texts[2], verdict->title, 4096) != DESKHOOK_OK)
    deskhook_trial_fail(trial, "a text of the verdict is too long");
  else if (verdict->kind > DESKHOOK_VERDICT_ASK) deskhook_trial_fail(trial, "the kind of the verdict is none");
  else if (verdict->kind == DESKHOOK_VERDICT_DENY && deskhook_trial_is_blank(verdict->code))
    deskhook_trial_fail(trial, "the code of the verdict is empty");
  else if (verdict->kind >= DESKHOOK_VERDICT_DENY && deskhook_trial_is_blank(verdict->message))
    deskhook_trial_fail(trial, "the message of the verdict is empty");
  else if (verdict->kind == DESKHOOK_VERDICT_ASK && deskhook_trial_is_blank(verdict->title))
    deskhook_trial_fail(trial, "the title of the verdict is empty");
  else return DESKHOOK_OK;
  return DESKHOOK_INVALID;
}

/* Forgets what the hook before said, and has the plugin made if there is none; its side of the hook. */
static inline const void *deskhook_trial_hook(deskhook_trial *trial, const char *id) {
  deskhook_sink error = deskhook_trial_sink(&trial->texts[4]);
  const void *hook;
  size_t i;
  for (i = 0; i < sizeof trial->texts / sizeof *trial->texts; i++) {
    trial->texts[i].size = 0;
    trial->texts[i].is_spoiled = 0;
    deskhook_trial_append(&trial->texts[i], deskhook_trial_text(""), 0);
  }
  trial->kind = DESKHOOK_VERDICT_ABSTAIN;
  trial->timeout_seconds = 0;
  trial->verdicts = trial->is_spoiled = 0;
  if (!trial->instance) {
    const deskhook_entry *entry = deskhook_plugin_entry();
    if (!entry || entry->magic != DESKHOOK_MAGIC || entry->struct_size < sizeof *entry) {
      deskhook_trial_fail(trial, "the entry is none: look at its magic and its size");
      return NULL;
    }
    if (entry->abi_major != DESKHOOK_ABI_MAJOR || entry->abi_minor > DESKHOOK_ABI_MINOR) {
      deskhook_trial_fail(trial, "the entry is for another interface");
      return NULL;
    }
    trial->instance = entry->create(&trial->host, &error);
    if (!trial->instance) return NULL;
    if (trial->instance->struct_size < sizeof *trial->instance) {
      trial->instance = NULL;
      deskhook_trial_fail(trial, "the instance says a size that is too small");
      return NULL;
    }
  }
  trial->is_open = 1;
  hook = trial->instance->get_extension(trial->instance, deskhook_trial_text(id));
  if (!hook) deskhook_trial_fail(trial, "the plugin does not hear this hook");
  /* Every hook's struct begins with its size, and has one function. */
  if (hook && *(const uint32_t *)hook < sizeof(deskhook_json_hook)) {
    deskhook_trial_fail(trial, "the hook says a size that is too small");
    return NULL;
  }
  return hook;
}

static inline deskhook_status deskhook_trial_done(deskhook_trial *trial, deskhook_status status) {
  deskhook_text answer = {trial->texts[3].data, trial->texts[3].size};
  if (status == DESKHOOK_OK && trial->texts[3].is_spoiled)
    deskhook_trial_fail(trial, "its answer is too long, or not UTF-8");
  else if (status == DESKHOOK_OK && answer.size > 0 && !deskhook_trial_is_json(answer))
    deskhook_trial_fail(trial, "its answer is not JSON");
  trial->code = trial->texts[0].data;
  trial->message = trial->texts[1].data;
  trial->title = trial->texts[2].data;
  trial->answer = trial->texts[3].data;
  trial->error = trial->texts[4].data;
  /* A verdict that is none is a failure, whatever the hook says of itself. */
  return status == DESKHOOK_OK && trial->is_spoiled ? DESKHOOK_INVALID : status;
}

/* ---- for the test ---- */

/* A host that knows nothing yet. The plugin is made with its first hook. */
static inline void deskhook_trial_begin(deskhook_trial *trial) {
  memset(trial, 0, sizeof *trial);
  trial->host.magic = DESKHOOK_MAGIC;
  trial->host.struct_size = sizeof trial->host;
  trial->host.abi_major = DESKHOOK_ABI_MAJOR;
  trial->host.abi_minor = DESKHOOK_ABI_MINOR;
  trial->host.name = deskhook_trial_text("trial");
  trial->host.version = deskhook_trial_text("0");
  trial->host.context = trial;
  trial->host.get_extension = deskhook_trial_service;
  trial->person.struct_size = sizeof trial->person;
  trial->person.name = deskhook_trial_text("jo");
  trial->person.display_name = deskhook_trial_text("Jo");
  trial->person.language = deskhook_trial_text("en");
  trial->device.struct_size = sizeof trial->device;
  trial->device.id = deskhook_trial_text("d-1");
  trial->device.name = deskhook_trial_text("pc-1");
  trial->device.os = deskhook_trial_text("linux");
  trial->device.os_version = deskhook_trial_text("");
  trial->context.struct_size = sizeof trial->context;
  trial->context.now = deskhook_trial_text("2026-01-05T10:00:00+01:00");
  trial->context.device = &trial->device;
  trial->context.person = &trial->person;
  trial->context.policy_version = deskhook_trial_text("1");
  trial->time.struct_size = sizeof trial->time;
  trial->code = trial->message = trial->title = trial->answer = trial->error = "";
}

/* Ends the plugin, so that the next hook makes it anew; what the store holds stays. */
static inline void deskhook_trial_restart(deskhook_trial *trial) {
  trial->is_open = 0;
  if (trial->instance && trial->instance->destroy) trial->instance->destroy(trial->instance);
  trial->instance = NULL;
}

/* Ends the plugin and the host. */
static inline void deskhook_trial_end(deskhook_trial *trial) {
  size_t i;
  deskhook_trial_restart(trial);
  deskhook_trial_free(&trial->known);
  deskhook_trial_free(&trial->refused);
  deskhook_trial_free(&trial->missing);
  for (i = 0; i < sizeof trial->texts / sizeof *trial->texts; i++) free(trial->texts[i].data);
}

/* What a service of the host knows; NULL as value: nothing. `value` is JSON for DESKHOOK_HOST_POLICY, _FACTS
 * and _STORE, and for _CALL, whose name is the address, path or variable that is asked for; for _TEXT it is the
 * text itself. */
static inline void deskhook_trial_set(deskhook_trial *trial, const char *service, const char *name, const char *value) {
  static const char *const known[] = {DESKHOOK_HOST_POLICY, DESKHOOK_HOST_FACTS, DESKHOOK_HOST_STORE,
                                      DESKHOOK_HOST_CALL, DESKHOOK_HOST_TEXT};
  size_t i = 0, count = sizeof known / sizeof *known;
  while (i < count && strcmp(service, known[i]) != 0) i++;
  if (i == count) deskhook_trial_wrong("deskhook_trial_set knows no such service", service);
  if (value && strcmp(service, DESKHOOK_HOST_TEXT) != 0 && !deskhook_trial_is_json(deskhook_trial_text(value)))
    deskhook_trial_wrong("this value is not JSON, where a text has quotes around it", value);
  deskhook_trial_put(trial, service, deskhook_trial_text(name), deskhook_trial_text(value));
}

/* The organisation grants nothing of this service. */
static inline void deskhook_trial_refuse(deskhook_trial *trial, const char *service) {
  deskhook_trial_add(&trial->refused, service, deskhook_trial_text(""), deskhook_trial_text(""));
}

/* A host without this service, as an older one is. Say so before the plugin is made. */
static inline void deskhook_trial_without(deskhook_trial *trial, const char *service) {
  deskhook_trial_add(&trial->missing, service, deskhook_trial_text(""), deskhook_trial_text(""));
}

/* What the store (or another service) has under that name; NULL where there is nothing. */
static inline const char *deskhook_trial_get(deskhook_trial *trial, const char *service, const char *name) {
  deskhook_trial_note *found = *deskhook_trial_find(&trial->known, service, deskhook_trial_text(name));
  return found ? found->value : NULL;
}

/* How many lines of the log (DESKHOOK_HOST_LOG), or requests (DESKHOOK_HOST_REQUEST), have this in them. */
static inline int deskhook_trial_heard(deskhook_trial *trial, const char *service, const char *part) {
  deskhook_trial_note *note;
  int count = 0;
  for (note = trial->known; note; note = note->next)
    if (strcmp(note->service, service) == 0 && strstr(note->value, part)) count++;
  return count;
}

/* Runs a hook that decides: DESKHOOK_SESSION_REQUEST with a deskhook_session_request, DESKHOOK_SESSION_JOIN or
 * DESKHOOK_ELEVATION_REQUEST with theirs. Size, context and supporter of the input are filled in where they are
 * zero. The verdict stands in the trial; a hook that gives none has abstained. */
static inline deskhook_status deskhook_trial_decide(deskhook_trial *trial, const char *id, const void *input) {
  const void *found = deskhook_trial_hook(trial, id);
  deskhook_sink error = deskhook_trial_sink(&trial->texts[4]);
  deskhook_supporter supporter;
  deskhook_verdict_sink answer;
  deskhook_status status = DESKHOOK_FAILED;
  memset(&supporter, 0, sizeof supporter);
  supporter.struct_size = sizeof supporter;
  supporter.name = deskhook_trial_text("Sam");
  answer.struct_size = sizeof answer;
  answer.reserved = 0;
  answer.context = trial;
  answer.give = deskhook_trial_give;
  if (!found) return deskhook_trial_done(trial, DESKHOOK_FAILED);
  if (strcmp(id, DESKHOOK_SESSION_REQUEST) == 0) {
    deskhook_session_request asked = *(const deskhook_session_request *)input;
    asked.struct_size = sizeof asked;
    if (!asked.context) asked.context = &trial->context;
    status = ((const deskhook_session_request_hook *)found)->decide(trial->instance, &asked, &answer, &error);
  } else if (strcmp(id, DESKHOOK_SESSION_JOIN) == 0) {
    deskhook_session_join asked = *(const deskhook_session_join *)input;
    asked.struct_size = sizeof asked;
    if (!asked.context) asked.context = &trial->context;
    if (!asked.supporter) asked.supporter = &supporter;
    status = ((const deskhook_session_join_hook *)found)->decide(trial->instance, &asked, &answer, &error);
  } else if (strcmp(id, DESKHOOK_ELEVATION_REQUEST) == 0) {
    deskhook_elevation_request asked = *(const deskhook_elevation_request *)input;
    asked.struct_size = sizeof asked;
    if (!asked.context) asked.context = &trial->context;
    if (!asked.supporter) asked.supporter = &supporter;
    status = ((const deskhook_elevation_request_hook *)found)->decide(trial->instance, &asked, &answer, &error);
  } else {
    deskhook_trial_fail(trial, "this hook does not decide: deskhook_trial_call");
  }
  return deskhook_trial_done(trial, status);
}

/* Runs any other hook with one JSON object; what it answered stands in the trial. */
static inline deskhook_status deskhook_trial_call(deskhook_trial *trial, const char *id, const char *input) {
  const deskhook_json_hook *hook = (const deskhook_json_hook *)deskhook_trial_hook(trial, id);
  deskhook_sink answer = deskhook_trial_sink(&trial->texts[3]), error = deskhook_trial_sink(&trial->texts[4]);
  deskhook_status status = DESKHOOK_FAILED;
  if (hook && (strcmp(id, DESKHOOK_SESSION_REQUEST) == 0 || strcmp(id, DESKHOOK_SESSION_JOIN) == 0 ||
               strcmp(id, DESKHOOK_ELEVATION_REQUEST) == 0))
    deskhook_trial_fail(trial, "this hook decides: deskhook_trial_decide");
  else if (hook) status = hook->call(trial->instance, deskhook_trial_text(input), &answer, &error);
  return deskhook_trial_done(trial, status);
}

#endif
