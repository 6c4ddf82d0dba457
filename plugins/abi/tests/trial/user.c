/* A plugin that asks for everything, and its test on the host of deskhook_trial.h: in C11 and in C++17. */

#include "deskhook_trial.h"
#include "deskhook_trial.h"

typedef struct state {
  deskhook_instance face;
  const deskhook_host *host;
} state;

static const void *offer(const deskhook_instance *self, const char *id) {
  const deskhook_host *host = ((const state *)self->state)->host;
  return host->get_extension(host, deskhook_trial_text(id));
}

/* A text of the manifest, or without a key the folder, as JSON. */
static deskhook_status quoted(const deskhook_instance *self, const deskhook_sink *answer, const deskhook_sink *error,
                              deskhook_text key, deskhook_text values) {
  const deskhook_host *host = ((const state *)self->state)->host;
  deskhook_trial_string found = {NULL, 0, 0};
  deskhook_sink sink = deskhook_trial_sink(&found);
  deskhook_status status =
      key.data ? ((const deskhook_host_translations *)offer(self, DESKHOOK_HOST_TEXT))->get(host, key, values, &sink, error)
               : ((const deskhook_host_folder *)offer(self, DESKHOOK_HOST_FOLDER))->path(host, &sink);
  if (status == DESKHOOK_OK) {
    answer->write(answer, deskhook_trial_text("\""));
    answer->write(answer, deskhook_trial_text(found.data));
    answer->write(answer, deskhook_trial_text("\""));
  }
  free(found.data);
  return status;
}

/* Does what `input` says, `service argument argument`, and writes what came of it. */
static deskhook_status call(const deskhook_instance *self, deskhook_text input, const deskhook_sink *answer,
                            const deskhook_sink *error) {
  const deskhook_host *host = ((const state *)self->state)->host;
  char line[256] = "", *service = line, *one, *two;
  deskhook_text first, second;
  memcpy(line, input.data, input.size < sizeof line ? input.size : sizeof line - 1);
  one = strchr(line, ' ');
  if (one) *one++ = '\0';
  two = one ? strchr(one, ' ') : NULL;
  if (two) *two++ = '\0';
  first = deskhook_trial_text(one);
  second = deskhook_trial_text(two);
  if (strcmp(service, "fact") == 0)
    return ((const deskhook_host_facts *)offer(self, DESKHOOK_HOST_FACTS))->get(host, first, answer, error);
  if (strcmp(service, "policy") == 0)
    return ((const deskhook_host_policy *)offer(self, DESKHOOK_HOST_POLICY))->get(host, first, answer, error);
  if (strcmp(service, "kept") == 0)
    return ((const deskhook_host_store *)offer(self, DESKHOOK_HOST_STORE))->get(host, first, answer, error);
  if (strcmp(service, "keep") == 0)
    return ((const deskhook_host_store *)offer(self, DESKHOOK_HOST_STORE))->set(host, first, second, error);
  if (strcmp(service, "request") == 0)
    return ((const deskhook_host_requests *)offer(self, DESKHOOK_HOST_REQUEST))->send(host, first, error);
  if (strcmp(service, "send") == 0)
    return ((const deskhook_host_calls *)offer(self, DESKHOOK_HOST_CALL))->send(host, first, answer, error);
  if (strcmp(service, "log") == 0)
    return ((const deskhook_host_log *)offer(self, DESKHOOK_HOST_LOG))->write(host, DESKHOOK_LOG_WARN, first);
  if (strcmp(service, "text") == 0)
    return quoted(self, answer, error, first, second);
  if (strcmp(service, "folder") == 0)
    return quoted(self, answer, error, first, first);
  if (strcmp(service, "clock") == 0) {
    deskhook_time time;
    char digits[32];
    deskhook_status status;
    memset(&time, 0, sizeof time);
    if (one) time.struct_size = sizeof time;
    status = ((const deskhook_host_clock *)offer(self, DESKHOOK_HOST_CLOCK))->now(host, &time);
    snprintf(digits, sizeof digits, "%ld", (long)time.unix_millis);
    answer->write(answer, deskhook_trial_text(digits));
    return status;
  }
  if (strcmp(service, "cancelled") == 0) {
    const deskhook_host_cancel *cancel = (const deskhook_host_cancel *)offer(self, DESKHOOK_HOST_CANCEL);
    int is = cancel->is_cancelled(host) && cancel->remaining_millis(host) == 0;
    return answer->write(answer, deskhook_trial_text(is ? "true" : "false"));
  }
  if (strcmp(service, "long") == 0) {
    static char much[1024];
    int i;
    memset(much, 'x', sizeof much - 1);
    for (i = 0; i < 300; i++) answer->write(answer, deskhook_trial_text(much));
    return DESKHOOK_OK;
  }
  if (strcmp(service, "odd") == 0) return answer->write(answer, deskhook_trial_text("{\"a\": tru}"));
  error->write(error, deskhook_trial_text("there is no such service"));
  return DESKHOOK_FAILED;
}

/* Gives the verdict that the reason describes. */
static deskhook_status decide(const deskhook_instance *self, const deskhook_session_request *input,
                              const deskhook_verdict_sink *answer, const deskhook_sink *error) {
  deskhook_verdict verdict;
  deskhook_text reason = input->reason;
  (void)self;
  memset(&verdict, 0, sizeof verdict);
  verdict.struct_size = sizeof verdict;
  if (deskhook_trial_is(reason, "nothing")) return DESKHOOK_OK;
  if (deskhook_trial_is(reason, "fail")) {
    error->write(error, deskhook_trial_text("not "));
    error->write(error, input->context->person->language);
    return DESKHOOK_FAILED;
  }
  verdict.kind = deskhook_trial_is(reason, "kind") ? 17 : DESKHOOK_VERDICT_DENY;
  if (deskhook_trial_is(reason, "ask")) verdict.kind = DESKHOOK_VERDICT_ASK;
  if (deskhook_trial_is(reason, "size")) verdict.struct_size = 4;
  verdict.code = deskhook_trial_text(deskhook_trial_is(reason, "code") ? " \t" : "no");
  if (deskhook_trial_is(reason, "bytes")) verdict.title = deskhook_trial_text("\xED\xA0\x80");
  if (!deskhook_trial_is(reason, "message")) verdict.message = deskhook_trial_text("Not now.");
  if (deskhook_trial_is(reason, "long")) verdict.message = input->ticket;
  if (deskhook_trial_is(reason, "twice")) answer->give(answer, &verdict);
  answer->give(answer, &verdict);
  return DESKHOOK_OK;
}

static deskhook_status joined(const deskhook_instance *self, const deskhook_session_join *input,
                              const deskhook_verdict_sink *answer, const deskhook_sink *error) {
  deskhook_verdict verdict;
  (void)self;
  (void)error;
  memset(&verdict, 0, sizeof verdict);
  verdict.struct_size = sizeof verdict;
  verdict.kind = DESKHOOK_VERDICT_ASK;
  verdict.title = input->supporter->name;
  verdict.message = deskhook_trial_text("May they?");
  verdict.timeout_seconds = 30;
  return answer->give(answer, &verdict);
}

static const void *side(const deskhook_instance *self, deskhook_text id) {
  static const deskhook_json_hook timer = {sizeof timer, 0, call};
  static const deskhook_session_request_hook request = {sizeof request, 0, decide};
  static const deskhook_session_join_hook join = {sizeof join, 0, joined};
  (void)self;
  if (deskhook_trial_is(id, DESKHOOK_TIMER)) return &timer;
  if (deskhook_trial_is(id, DESKHOOK_SESSION_REQUEST)) return &request;
  return deskhook_trial_is(id, DESKHOOK_SESSION_JOIN) ? &join : NULL;
}

/* Nobody answers any more. */
static void destroy(const deskhook_instance *self) {
  const deskhook_host *host = ((const state *)self->state)->host;
  const deskhook_host_store *store = (const deskhook_host_store *)offer(self, DESKHOOK_HOST_STORE);
  store->set(host, deskhook_trial_text("last"), deskhook_trial_text("1"), NULL);
  free(self->state);
}

/* Asks what nobody answers yet, and says so in the log. */
static const deskhook_instance *create(const deskhook_host *host, const deskhook_sink *error) {
  state *self = (state *)calloc(1, sizeof *self);
  const deskhook_host_store *store =
      (const deskhook_host_store *)host->get_extension(host, deskhook_trial_text(DESKHOOK_HOST_STORE));
  const deskhook_host_log *log =
      (const deskhook_host_log *)host->get_extension(host, deskhook_trial_text(DESKHOOK_HOST_LOG));
  if (!self || !store) {
    error->write(error, deskhook_trial_text("a store is needed"));
    free(self);
    return NULL;
  }
  self->face.struct_size = sizeof self->face;
  self->face.state = self;
  self->face.destroy = destroy;
  self->face.get_extension = side;
  self->host = host;
  if (store->get(host, deskhook_trial_text("n"), error, error) == DESKHOOK_NO_ANSWER)
    log->write(host, DESKHOOK_LOG_INFO, deskhook_trial_text("made too early to ask"));
  return &self->face;
}

const deskhook_entry *deskhook_plugin_entry(void) {
  static const deskhook_entry entry = {DESKHOOK_MAGIC, sizeof entry, DESKHOOK_ABI_MAJOR, 0,
                                       DESKHOOK_TEXT("org.example.all"), DESKHOOK_TEXT("1.0.0"), create};
  return &entry;
}

static int failed;

static void says(deskhook_trial *trial, const char *input, deskhook_status status, const char *answer) {
  deskhook_status found = deskhook_trial_call(trial, DESKHOOK_TIMER, input);
  const char *said = found == DESKHOOK_OK ? trial->answer : trial->error;
  if (found == status && strcmp(said, answer) == 0) return;
  failed++;
  printf("%s: %d \"%s\", not %d \"%s\"\n", input, (int)found, said, (int)status, answer);
}

static void judges(deskhook_trial *trial, const char *reason, deskhook_status status, const char *error) {
  static char much[5000] = "x";
  deskhook_session_request input;
  deskhook_status found;
  memset(&input, 0, sizeof input);
  input.reason = deskhook_trial_text(reason);
  input.ticket.data = much;
  input.ticket.size = sizeof much;
  found = deskhook_trial_decide(trial, DESKHOOK_SESSION_REQUEST, &input);
  if (found == status && strcmp(trial->error, error) == 0) return;
  failed++;
  printf("%s: %d \"%s\", not %d \"%s\"\n", reason, (int)found, trial->error, (int)status, error);
}

static void holds(int is, const char *what) {
  if (is) return;
  failed++;
  printf("%s\n", what);
}

static void services(deskhook_trial *trial) {
  says(trial, "fact power", DESKHOOK_NOT_GRANTED, "the test does not grant this of deskhook.host.facts/1: power");
  deskhook_trial_set(trial, DESKHOOK_HOST_FACTS, "power", "\"mains\"");
  says(trial, "fact power", DESKHOOK_OK, "\"mains\"");
  holds(deskhook_trial_heard(trial, DESKHOOK_HOST_LOG, "too early") == 1, "nobody answers create but the log");

  says(trial, "policy Zone.Least", DESKHOOK_NOT_FOUND, "");
  deskhook_trial_set(trial, DESKHOOK_HOST_POLICY, "Zone.Least", "3");
  says(trial, "policy Zone.Least", DESKHOOK_OK, "3");
  deskhook_trial_set(trial, DESKHOOK_HOST_POLICY, "Zone.Least", "4");
  says(trial, "policy Zone.Least", DESKHOOK_OK, "4");
  deskhook_trial_set(trial, DESKHOOK_HOST_POLICY, "Zone.Least", NULL);
  says(trial, "policy Zone.Least", DESKHOOK_NOT_FOUND, "");

  says(trial, "kept n", DESKHOOK_NOT_FOUND, "");
  says(trial, "keep n 7", DESKHOOK_OK, "");
  deskhook_trial_restart(trial);
  says(trial, "kept n", DESKHOOK_OK, "7");
  holds(strcmp(deskhook_trial_get(trial, DESKHOOK_HOST_STORE, "n"), "7") == 0, "the test sees the store");
  holds(deskhook_trial_get(trial, DESKHOOK_HOST_STORE, "last") == NULL, "nobody answers destroy");
  deskhook_trial_set(trial, DESKHOOK_HOST_STORE, "n", deskhook_trial_get(trial, DESKHOOK_HOST_STORE, "n"));
  says(trial, "kept n", DESKHOOK_OK, "7");
  says(trial, "keep n null", DESKHOOK_OK, "");
  holds(deskhook_trial_get(trial, DESKHOOK_HOST_STORE, "n") == NULL, "null forgets");
  says(trial, "keep n", DESKHOOK_INVALID, "");

  says(trial, "request {\"request\":\"refresh_tray\"}", DESKHOOK_OK, "");
  holds(deskhook_trial_heard(trial, DESKHOOK_HOST_REQUEST, "refresh_tray") == 1, "a request is heard");
  says(trial, "send {\"call\":\"http\",\"url\":\"https://a\"}", DESKHOOK_NOT_GRANTED,
       "the test does not grant this of deskhook.host.call/1: https://a");
  deskhook_trial_set(trial, DESKHOOK_HOST_CALL, "https://a", "{\"status\": 200}");
  says(trial, "send {\"call\":\"http\",\"url\":\"https://a\"}", DESKHOOK_OK, "{\"status\": 200}");
  says(trial, "send {\"call\":\"http\",\"url\":\"https://a\",\"headers\":{\"name\":\"x\"}}", DESKHOOK_OK, "{\"status\": 200}");
  says(trial, "long", DESKHOOK_INVALID, "its answer is too long, or not UTF-8");
  says(trial, "odd", DESKHOOK_INVALID, "its answer is not JSON");
  says(trial, "keep n {not", DESKHOOK_INVALID, "");
  says(trial, "log tick", DESKHOOK_OK, "");
  holds(deskhook_trial_heard(trial, DESKHOOK_HOST_LOG, "tick") == 1, "a line is heard");

  says(trial, "text full {}", DESKHOOK_NOT_FOUND, "");
  deskhook_trial_set(trial, DESKHOOK_HOST_TEXT, "full", "{free} of {all} in {where} {is");
  says(trial, "text full {\"free\":1,\"all\":\"2 GB\"}", DESKHOOK_OK, "\"1 of 2 GB in {where} {is\"");
  says(trial, "text full", DESKHOOK_OK, "\"{free} of {all} in {where} {is\"");

  says(trial, "folder", DESKHOOK_NOT_FOUND, "");
  trial->folder = "/tmp/own";
  says(trial, "folder", DESKHOOK_OK, "\"/tmp/own\"");
  trial->time.unix_millis = 1700;
  says(trial, "clock x", DESKHOOK_OK, "1700");
  says(trial, "clock", DESKHOOK_INVALID, "");
  says(trial, "cancelled", DESKHOOK_OK, "false");
  trial->is_cancelled = 1;
  says(trial, "cancelled", DESKHOOK_OK, "true");
  says(trial, "dance", DESKHOOK_FAILED, "there is no such service");
  deskhook_trial_refuse(trial, DESKHOOK_HOST_POLICY);
  says(trial, "policy A", DESKHOOK_NOT_GRANTED, "the test does not grant this of deskhook.host.policy/1: A");
}

static void verdicts(deskhook_trial *trial) {
  deskhook_session_join join;
  judges(trial, "nothing", DESKHOOK_OK, "");
  holds(trial->kind == DESKHOOK_VERDICT_ABSTAIN, "no verdict abstains");
  judges(trial, "deny", DESKHOOK_OK, "");
  holds(trial->kind == DESKHOOK_VERDICT_DENY && strcmp(trial->code, "no") == 0, "it denies");
  holds(strcmp(trial->message, "Not now.") == 0, "it says why");
  trial->person.language = deskhook_trial_text("de");
  judges(trial, "fail", DESKHOOK_FAILED, "not de");
  holds(trial->code[0] == '\0', "nothing is left of the verdict before");
  judges(trial, "code", DESKHOOK_INVALID, "the code of the verdict is empty");
  judges(trial, "message", DESKHOOK_INVALID, "the message of the verdict is empty");
  judges(trial, "ask", DESKHOOK_INVALID, "the title of the verdict is empty");
  judges(trial, "kind", DESKHOOK_INVALID, "the kind of the verdict is none");
  judges(trial, "size", DESKHOOK_INVALID, "the verdict says a size that is too small");
  judges(trial, "bytes", DESKHOOK_INVALID, "a text of the verdict is not UTF-8");
  judges(trial, "long", DESKHOOK_INVALID, "a text of the verdict is too long");
  judges(trial, "twice", DESKHOOK_INVALID, "it gave a second verdict");
  memset(&join, 0, sizeof join);
  holds(deskhook_trial_decide(trial, DESKHOOK_SESSION_JOIN, &join) == DESKHOOK_OK, "it is asked");
  holds(trial->kind == DESKHOOK_VERDICT_ASK && strcmp(trial->title, "Sam") == 0, "there is a supporter");
  holds(trial->timeout_seconds == 30, "it has its time");
  holds(deskhook_trial_decide(trial, DESKHOOK_TIMER, &join) == DESKHOOK_FAILED, "a timer decides nothing");
  holds(deskhook_trial_call(trial, DESKHOOK_SESSION_REQUEST, "{}") == DESKHOOK_FAILED, "a request is decided");
  holds(strcmp(trial->error, "this hook decides: deskhook_trial_decide") == 0, "and it is told how");
  holds(deskhook_trial_call(trial, DESKHOOK_MENU_CLICK, "{}") == DESKHOOK_FAILED, "it hears no click");
  holds(strcmp(trial->error, "the plugin does not hear this hook") == 0, "it is told");
}

int main(void) {
  deskhook_trial trial;
  deskhook_trial_begin(&trial);
  services(&trial);
  deskhook_trial_end(&trial);
  deskhook_trial_begin(&trial);
  verdicts(&trial);
  deskhook_trial_end(&trial);
  deskhook_trial_begin(&trial);
  deskhook_trial_without(&trial, DESKHOOK_HOST_STORE);
  says(&trial, "log x", DESKHOOK_FAILED, "a store is needed");
  deskhook_trial_end(&trial);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
