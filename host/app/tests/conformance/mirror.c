/* A plugin that answers what its store says, for every hook of the catalogue: the same suite can ask it
 * for whatever a script is asked for. Keys: mode, and answer or kind, code, message, title, timeout. */

#include <deskhook_plugin.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 20 };

static const deskhook_host *host;
static char buffer[MOST];
static size_t filled;

static int is(deskhook_text text, const char *word) {
  return text.data != NULL && text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

static deskhook_text text(const char *word) {
  deskhook_text made = {word, strlen(word)};
  return made;
}

static deskhook_status take(const deskhook_sink *sink, deskhook_text part) {
  (void)sink;
  if (part.size > MOST - 1 - filled) return DESKHOOK_TOO_LARGE;
  if (part.size > 0) memcpy(buffer + filled, part.data, part.size);
  filled += part.size;
  return DESKHOOK_OK;
}

/* What the store has, as JSON, in `buffer`. */
static deskhook_status kept(const char *key, const deskhook_sink *error) {
  const deskhook_host_store *store = host->get_extension(host, text(DESKHOOK_HOST_STORE));
  deskhook_sink value = {sizeof value, 0, NULL, take};
  filled = 0;
  return store->get(host, text(key), &value, error);
}

/* The same without its quotes. */
static deskhook_text word(const char *key, char *into, size_t most) {
  deskhook_text made = {NULL, 0};
  if (kept(key, NULL) != DESKHOOK_OK || filled < 2 || filled - 2 >= most) return made;
  memcpy(into, buffer + 1, filled - 2);
  made.data = into;
  made.size = filled - 2;
  return made;
}

static uint32_t number(const char *key) {
  if (kept(key, NULL) != DESKHOOK_OK) return 0;
  buffer[filled] = 0;
  return (uint32_t)strtoul(buffer, NULL, 10);
}

static int mode_is(const char *wanted) {
  char mode[32];
  return is(word("mode", mode, sizeof mode), wanted);
}

static void say(deskhook_text line) {
  const deskhook_host_log *log = host->get_extension(host, text(DESKHOOK_HOST_LOG));
  log->write(host, DESKHOOK_LOG_INFO, line);
}

/* What every hook does in the same way; DESKHOOK_OK where it goes on. */
static deskhook_status behave(const deskhook_sink *error) {
  if (mode_is("fail")) {
    error->write(error, text("oh no"));
    return DESKHOOK_FAILED;
  }
  if (mode_is("hang")) {
    for (;;) {
    }
  }
  if (mode_is("die")) abort();
  if (mode_is("ungranted")) {
    const deskhook_host_policy *policy = host->get_extension(host, text(DESKHOOK_HOST_POLICY));
    deskhook_sink value = {sizeof value, 0, NULL, take};
    filled = 0;
    return policy->get(host, text("Other.Key"), &value, error);
  }
  return DESKHOOK_OK;
}

static deskhook_status give(const deskhook_verdict_sink *answer, const deskhook_sink *error) {
  char code[256], message[256], title[256];
  deskhook_verdict verdict = {sizeof verdict, 0, 0, 0, {0, 0}, {0, 0}, {0, 0}};
  deskhook_status went = behave(error);
  if (went != DESKHOOK_OK || mode_is("nothing")) return went;
  verdict.kind = number("kind");
  verdict.timeout_seconds = number("timeout");
  verdict.code = word("code", code, sizeof code);
  verdict.message = word("message", message, sizeof message);
  verdict.title = word("title", title, sizeof title);
  return answer->give(answer, &verdict);
}

static deskhook_status session_request(const deskhook_instance *instance, const deskhook_session_request *input,
                                       const deskhook_verdict_sink *answer, const deskhook_sink *error) {
  (void)instance;
  say(input->reason);
  return give(answer, error);
}

static deskhook_status session_join(const deskhook_instance *instance, const deskhook_session_join *input,
                                    const deskhook_verdict_sink *answer, const deskhook_sink *error) {
  (void)instance;
  say(input->reason);
  return give(answer, error);
}

static deskhook_status elevation_request(const deskhook_instance *instance, const deskhook_elevation_request *input,
                                         const deskhook_verdict_sink *answer, const deskhook_sink *error) {
  (void)instance;
  say(input->reason);
  return give(answer, error);
}

static deskhook_status json(const deskhook_instance *instance, deskhook_text input, const deskhook_sink *answer,
                            const deskhook_sink *error) {
  deskhook_text made;
  deskhook_status went = behave(error);
  (void)instance;
  say(input);
  if (went != DESKHOOK_OK || mode_is("nothing")) return went;
  went = kept("answer", error);
  if (went != DESKHOOK_OK) return went;
  made.data = buffer;
  made.size = filled;
  return answer->write(answer, made);
}

static const deskhook_session_request_hook on_request = {sizeof on_request, 0, session_request};
static const deskhook_session_join_hook on_join = {sizeof on_join, 0, session_join};
static const deskhook_elevation_request_hook on_elevation = {sizeof on_elevation, 0, elevation_request};
static const deskhook_json_hook on_json = {sizeof on_json, 0, json};

static const void *get_extension(const deskhook_instance *instance, deskhook_text id) {
  (void)instance;
  if (is(id, DESKHOOK_SESSION_REQUEST)) return &on_request;
  if (is(id, DESKHOOK_SESSION_JOIN)) return &on_join;
  if (is(id, DESKHOOK_ELEVATION_REQUEST)) return &on_elevation;
  return &on_json;
}

static void destroy(const deskhook_instance *instance) { (void)instance; }

static const deskhook_instance *create(const deskhook_host *given, const deskhook_sink *error) {
  static const deskhook_instance instance = {sizeof instance, 0, NULL, destroy, get_extension};
  (void)error;
  host = given;
  return &instance;
}

const deskhook_entry *deskhook_plugin_entry(void) {
  static const deskhook_entry entry = {DESKHOOK_MAGIC, sizeof entry, DESKHOOK_ABI_MAJOR, 0,
                                       DESKHOOK_TEXT("org.deskhook.mirror"), DESKHOOK_TEXT("1.0.0"), create};
  return &entry;
}
