/* Deskhook's plugin interface, version 1.1. Licence: Apache-2.0 OR MIT.
 *
 * Made from plugins/abi by cbindgen; do not edit. To renew it:
 *     DESKHOOK_RENEW=1 cargo test -p deskhook-abi --test header
 *
 * Who may call a function where stands in brackets:
 *   [load-thread]  the host, on any one thread, before the first hook or after the last
 *   [hook-thread]  on the thread that is inside a call of a hook, until that call returns; calls
 *                  of one instance never overlap, but two may come on different threads
 *   [any-thread]   any thread, from `create` to the end of `destroy`, at the same time too
 *
 * Structs grow at their end only and say their size first: set `struct_size` to what your
 * compiler says, and look at no field of the other side that lies behind its `struct_size`.
 * No memory changes its owner. Nothing may unwind (throw, longjmp) through these functions. */

#ifndef DESKHOOK_PLUGIN_H
#define DESKHOOK_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define DESKHOOK_EXPORT __declspec(dllexport)
#else
#define DESKHOOK_EXPORT __attribute__((visibility("default")))
#endif

/* A `deskhook_text` of a string literal, for initialisers. */
#define DESKHOOK_TEXT(literal) { (literal), sizeof(literal) - 1 }

#define DESKHOOK_SESSION_REQUEST "deskhook.session.request/1"
#define DESKHOOK_SESSION_JOIN "deskhook.session.join/1"
#define DESKHOOK_ELEVATION_REQUEST "deskhook.elevation.request/1"
#define DESKHOOK_AGENT_STARTED "deskhook.agent.started/1"
#define DESKHOOK_AGENT_STOPPING "deskhook.agent.stopping/1"
#define DESKHOOK_POLICY_CHANGED "deskhook.policy.changed/1"
#define DESKHOOK_TIMER "deskhook.timer/1"
#define DESKHOOK_TRAY_MENU "deskhook.tray.menu/1"
#define DESKHOOK_MENU_CLICK "deskhook.menu.click/1"
#define DESKHOOK_CONSENT_PROMPT "deskhook.consent.prompt/1"
#define DESKHOOK_CLIENT_LOCATE "deskhook.client.locate/1"
#define DESKHOOK_CLIENT_LAUNCH "deskhook.client.launch/1"
#define DESKHOOK_ADDRESS_READ "deskhook.address.read/1"
#define DESKHOOK_ADDRESS_REPORT "deskhook.address.report/1"
#define DESKHOOK_ADDRESS_REPORTED "deskhook.address.reported/1"
#define DESKHOOK_SESSION_STARTED "deskhook.session.started/1"
#define DESKHOOK_SESSION_ENDED "deskhook.session.ended/1"
#define DESKHOOK_CLIENT_EXITED "deskhook.client.exited/1"
#define DESKHOOK_ELEVATION_FINISHED "deskhook.elevation.finished/1"
#define DESKHOOK_STATE_COLLECT "deskhook.state.collect/1"
#define DESKHOOK_HOST_LOG "deskhook.host.log/1"
#define DESKHOOK_HOST_FACTS "deskhook.host.facts/1"
#define DESKHOOK_HOST_POLICY "deskhook.host.policy/1"
#define DESKHOOK_HOST_STORE "deskhook.host.store/1"
#define DESKHOOK_HOST_REQUEST "deskhook.host.request/1"
#define DESKHOOK_HOST_CLOCK "deskhook.host.clock/1"
#define DESKHOOK_HOST_CANCEL "deskhook.host.cancel/1"
#define DESKHOOK_HOST_CALL "deskhook.host.call/1"
#define DESKHOOK_HOST_TEXT "deskhook.host.text/1"
#define DESKHOOK_HOST_FOLDER "deskhook.host.folder/1"


// The eight bytes `DESKHOOK`, read as a little-endian number: how a library shows that it means
// this interface.
#define DESKHOOK_MAGIC 5426643247924725060

// The interface's major version. Both sides must have the same one.
#define DESKHOOK_ABI_MAJOR 1

// The interface's minor version. A plugin says the oldest one that it can live with; a host
// refuses a plugin whose number is higher than its own.
#define DESKHOOK_ABI_MINOR 1

// No opinion; the same as giving no verdict. It never counts as `DESKHOOK_VERDICT_ALLOW`.
#define DESKHOOK_VERDICT_ABSTAIN 0

// Nothing against it.
#define DESKHOOK_VERDICT_ALLOW 1

// No: `code` and `message` say why.
#define DESKHOOK_VERDICT_DENY 2

// Ask the person first: `title` and `message` are the question.
#define DESKHOOK_VERDICT_ASK 3

// For the author.
#define DESKHOOK_LOG_DEBUG 0

// Worth knowing.
#define DESKHOOK_LOG_INFO 1

// Worth a look.
#define DESKHOOK_LOG_WARN 2

// Broken.
#define DESKHOOK_LOG_ERROR 3

// What a function says about how it went: one of the `DESKHOOK_` codes below. A reader takes an
// unknown one for `DESKHOOK_FAILED`.
typedef int32_t deskhook_status;

// A view of UTF-8 text; not terminated by a zero. Null data is "no text", which is not the same
// as an empty text. Lives until the call that it was passed to, or from, returns, unless said
// otherwise. Frozen: it never grows.
typedef struct deskhook_text {
  // The first byte, or null.
  const char *data;
  // Bytes.
  size_t size;
} deskhook_text;

// A list of texts. Frozen: it never grows.
typedef struct deskhook_texts {
  // The first, or null where there are none.
  const struct deskhook_text *items;
  // How many.
  size_t count;
} deskhook_texts;

// Where an answer is written to. It belongs to whoever asks, and is used only until the call
// that it was passed to returns, on that call's thread.
typedef struct deskhook_sink {
  // Size of this struct in bytes, as its maker knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // The maker's own.
  void *context;
  // [hook-thread] Appends `part`, which is copied before this returns; may be called several
  // times. `DESKHOOK_TOO_LARGE` and `DESKHOOK_INVALID` spoil the whole answer.
  deskhook_status (*write)(const struct deskhook_sink *sink, struct deskhook_text part);
} deskhook_sink;

// One living plugin, made by `deskhook_entry.create`.
typedef struct deskhook_instance {
  // Size of this struct in bytes, as the plugin knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // The plugin's own.
  void *state;
  // [load-thread] Ends it. Afterwards none of its threads runs and nobody calls it.
  void (*destroy)(const struct deskhook_instance *instance);
  // [any-thread] The plugin's side of `id` (a hook: `DESKHOOK_SESSION_REQUEST`, ...), or null
  // where it has none. Valid until `destroy`; the same answer each time.
  const void *(*get_extension)(const struct deskhook_instance *instance, struct deskhook_text id);
} deskhook_instance;

// The host, as a plugin sees it.
typedef struct deskhook_host {
  // `DESKHOOK_MAGIC`.
  uint64_t magic;
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // `DESKHOOK_ABI_MAJOR` of the host.
  uint16_t abi_major;
  // `DESKHOOK_ABI_MINOR` of the host.
  uint16_t abi_minor;
  // The host's name, for the log only.
  struct deskhook_text name;
  // The product's version, for the log only: never decide by it.
  struct deskhook_text version;
  // The host's own.
  void *context;
  // [any-thread] The host's side of `id` (a service: `DESKHOOK_HOST_LOG`, ...), or null where
  // it has none, which a plugin must be able to live with. Valid as long as the host is.
  const void *(*get_extension)(const struct deskhook_host *host, struct deskhook_text id);
} deskhook_host;

// What a library exports by its one function, `deskhook_plugin_entry`. It lives as long as the
// library is loaded, which is as long as the process lives: a library is never unloaded.
typedef struct deskhook_entry {
  // `DESKHOOK_MAGIC`.
  uint64_t magic;
  // Size of this struct in bytes, as the plugin knows it.
  uint32_t struct_size;
  // `DESKHOOK_ABI_MAJOR` that the plugin was built for.
  uint16_t abi_major;
  // The oldest minor version that the plugin can live with.
  uint16_t abi_minor;
  // The plugin's id in reverse-domain form; the manifest's `id`.
  struct deskhook_text id;
  // The plugin's own version; the manifest's `version`.
  struct deskhook_text version;
  // [load-thread] Makes an instance, which lives until its `destroy`. Null where it cannot,
  // with a sentence for the log in `error`. `host` stays valid for the rest of the process;
  // its services have nobody to answer before the first hook, but the log, the clock, the
  // cancel token and the folder. Several instances may live at the same time.
  const struct deskhook_instance *(*create)(const struct deskhook_host *host,
                                            const struct deskhook_sink *error);
} deskhook_entry;

// The device that the agent runs on.
typedef struct deskhook_device {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // The portal's name of the device; empty before enrolment.
  struct deskhook_text id;
  // The host name.
  struct deskhook_text name;
  // `linux`, `windows`, `macos`.
  struct deskhook_text os;
  // The operating system's own version text.
  struct deskhook_text os_version;
  // The groups that the policy was resolved for.
  struct deskhook_texts groups;
} deskhook_device;

// The person at the device.
typedef struct deskhook_person {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // 1 where enrolment bound this account, else 0: what the system says is not proof.
  uint32_t verified;
  // The account's name.
  struct deskhook_text name;
  // The name that people read.
  struct deskhook_text display_name;
  // Language tag: `de-at`. Sentences for the person should be in it.
  struct deskhook_text language;
} deskhook_person;

// A supporter, as the portal vouches for them.
typedef struct deskhook_supporter {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // 1 where the portal signed them in itself, else 0.
  uint32_t verified;
  // The name that people read.
  struct deskhook_text name;
  // The organisation that they work for.
  struct deskhook_text organisation;
} deskhook_supporter;

// What every hook is given.
typedef struct deskhook_context {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // Now, RFC 3339 with the local offset.
  struct deskhook_text now;
  // The device; never null.
  const struct deskhook_device *device;
  // The person; never null.
  const struct deskhook_person *person;
  // The effective policy's short name.
  struct deskhook_text policy_version;
} deskhook_context;

// What `deskhook.session.request/1` is given: somebody wants a session to start.
typedef struct deskhook_session_request {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // What every hook is given; never null.
  const struct deskhook_context *context;
  // Why, in the person's words; may be no text.
  struct deskhook_text reason;
  // The ticket's number; may be no text.
  struct deskhook_text ticket;
  // `person`, `portal`, `url`, `extension`.
  struct deskhook_text origin;
  // The client's name.
  struct deskhook_text client;
} deskhook_session_request;

// What `deskhook.session.join/1` is given: a supporter wants to join.
typedef struct deskhook_session_join {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // What every hook is given; never null.
  const struct deskhook_context *context;
  // The session's id.
  struct deskhook_text session;
  // Who; never null.
  const struct deskhook_supporter *supporter;
  // Why; may be no text.
  struct deskhook_text reason;
  // The ticket's number; may be no text.
  struct deskhook_text ticket;
  // The client's address; may be no text.
  struct deskhook_text address;
  // What they want to do.
  struct deskhook_texts permissions;
} deskhook_session_join;

// What `deskhook.elevation.request/1` is given: a supporter wants elevated rights.
typedef struct deskhook_elevation_request {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // For how long, in minutes.
  uint32_t minutes;
  // What every hook is given; never null.
  const struct deskhook_context *context;
  // The session's id.
  struct deskhook_text session;
  // Who; never null.
  const struct deskhook_supporter *supporter;
  // Absolute path of the program.
  struct deskhook_text program;
  // Its arguments.
  struct deskhook_texts arguments;
  // `local-approval`, `brokered-action`, `transmitted-credentials`.
  struct deskhook_text method;
  // Why; may be no text.
  struct deskhook_text reason;
} deskhook_elevation_request;

// What a hook that decides says.
typedef struct deskhook_verdict {
  // Size of this struct in bytes, as the plugin knows it.
  uint32_t struct_size;
  // One of `DESKHOOK_VERDICT_`. Another number is a failure, and so a denial.
  uint32_t kind;
  // Of a question: seconds until silence is a no, 5 to 600; 0 is the host's own choice.
  uint32_t timeout_seconds;
  // Zero.
  uint32_t reserved;
  // Of a denial: a stable word for programs, `outside-hours`.
  struct deskhook_text code;
  // The sentence that the person reads.
  struct deskhook_text message;
  // Of a question: its first line.
  struct deskhook_text title;
} deskhook_verdict;

// Where a verdict is given to. It belongs to the host, and is used only until the call that it
// was passed to returns, on that call's thread.
typedef struct deskhook_verdict_sink {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // The host's own.
  void *context;
  // [hook-thread] Gives the verdict, whose texts are copied before this returns. Once a call:
  // a second one is `DESKHOOK_INVALID` and spoils the answer.
  deskhook_status (*give)(const struct deskhook_verdict_sink *sink,
                          const struct deskhook_verdict *verdict);
} deskhook_verdict_sink;

// `deskhook.session.request/1`: a check before anything starts.
typedef struct deskhook_session_request_hook {
  // Size of this struct in bytes, as the plugin knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [hook-thread] Gives at most one verdict to `answer`; none abstains. Anything but
  // `DESKHOOK_OK` is a failure, with a sentence in `error`: the host then denies, whatever
  // was given, unless the organisation bound the plugin as optional.
  deskhook_status (*decide)(const struct deskhook_instance *instance,
                            const struct deskhook_session_request *input,
                            const struct deskhook_verdict_sink *answer,
                            const struct deskhook_sink *error);
} deskhook_session_request_hook;

// `deskhook.session.join/1`: a supporter wants to join; heard before the person is asked.
typedef struct deskhook_session_join_hook {
  // Size of this struct in bytes, as the plugin knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [hook-thread] As `deskhook_session_request_hook.decide`.
  deskhook_status (*decide)(const struct deskhook_instance *instance,
                            const struct deskhook_session_join *input,
                            const struct deskhook_verdict_sink *answer,
                            const struct deskhook_sink *error);
} deskhook_session_join_hook;

// `deskhook.elevation.request/1`: elevated rights are wanted; heard before the person is asked.
typedef struct deskhook_elevation_request_hook {
  // Size of this struct in bytes, as the plugin knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [hook-thread] As `deskhook_session_request_hook.decide`.
  deskhook_status (*decide)(const struct deskhook_instance *instance,
                            const struct deskhook_elevation_request *input,
                            const struct deskhook_verdict_sink *answer,
                            const struct deskhook_sink *error);
} deskhook_elevation_request_hook;

// Every hook that does not decide: `deskhook.tray.menu/1`, `deskhook.session.ended/1`, ...
typedef struct deskhook_json_hook {
  // Size of this struct in bytes, as the plugin knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [hook-thread] `input` is one JSON object, the same that a Lua package is given: `hook`,
  // `now`, `device`, `person`, `policy_version` and the hook's own fields. Unknown fields are
  // to be ignored. What is written to `answer` is one JSON value, at most 256 KiB; nothing
  // written is no answer. Anything but `DESKHOOK_OK` is a failure, with a sentence in `error`:
  // the host then goes on as if the plugin had said nothing.
  deskhook_status (*call)(const struct deskhook_instance *instance,
                          struct deskhook_text input,
                          const struct deskhook_sink *answer,
                          const struct deskhook_sink *error);
} deskhook_json_hook;

// `deskhook.host.log/1`: lines for the agent's log.
typedef struct deskhook_host_log {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] Writes one line, cut at 4 KiB; `level` is one of `DESKHOOK_LOG_`. Lines from
  // before the first hook are kept, at most 64 of them, and written then.
  deskhook_status (*write)(const struct deskhook_host *host,
                           uint32_t level,
                           struct deskhook_text line);
} deskhook_host_log;

// `deskhook.host.facts/1`: what the device says of itself. Needs the capability `facts:NAME`.
typedef struct deskhook_host_facts {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] Writes the fact to `value` as JSON. `error` may be null.
  deskhook_status (*get)(const struct deskhook_host *host,
                         struct deskhook_text name,
                         const struct deskhook_sink *value,
                         const struct deskhook_sink *error);
} deskhook_host_facts;

// `deskhook.host.policy/1`: the organisation's effective policy. Needs `policy:KEY`.
typedef struct deskhook_host_policy {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] Writes the value of `key` to `value` as JSON; `DESKHOOK_NOT_FOUND` where the
  // policy says nothing about it. `error` may be null.
  deskhook_status (*get)(const struct deskhook_host *host,
                         struct deskhook_text key,
                         const struct deskhook_sink *value,
                         const struct deskhook_sink *error);
} deskhook_host_policy;

// `deskhook.host.store/1`: what this plugin keeps from one run to the next; its only memory
// that outlives an update of it. 64 KiB a value, 1 MiB in all.
typedef struct deskhook_host_store {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] Writes the value of `key` to `value` as JSON, or is `DESKHOOK_NOT_FOUND`.
  // `error` may be null.
  deskhook_status (*get)(const struct deskhook_host *host,
                         struct deskhook_text key,
                         const struct deskhook_sink *value,
                         const struct deskhook_sink *error);
  // [any-thread] Keeps `value`, which is JSON; `null` forgets the key. `error` may be null.
  deskhook_status (*set)(const struct deskhook_host *host,
                         struct deskhook_text key,
                         struct deskhook_text value,
                         const struct deskhook_sink *error);
} deskhook_host_store;

// `deskhook.host.request/1`: asks the agent to do something; the agent decides.
typedef struct deskhook_host_requests {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] `request` is JSON: `{"request": "start_session", "reason": ..., "ticket": ...}`,
  // `{"request": "stop_session"}`, `{"request": "notify", "title": ..., "message": ...}` or
  // `{"request": "refresh_tray"}`. `error` may be null.
  deskhook_status (*send)(const struct deskhook_host *host,
                          struct deskhook_text request,
                          const struct deskhook_sink *error);
} deskhook_host_requests;

// What the host's clock shows.
typedef struct deskhook_time {
  // Size of this struct in bytes, as the plugin knows it: set it before asking.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // Milliseconds since 1970 in UTC, without leap seconds; may jump.
  int64_t unix_millis;
  // Nanoseconds since some moment before the plugin was loaded; never goes back.
  uint64_t monotonic_nanos;
} deskhook_time;

// `deskhook.host.clock/1`: the time. Local time is `now` in a hook's input.
typedef struct deskhook_host_clock {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] Fills what fits into `time`.
  deskhook_status (*now)(const struct deskhook_host *host, struct deskhook_time *time);
} deskhook_host_clock;

// `deskhook.host.cancel/1`: whether anybody still waits for the call that runs. A hook that
// takes longer than a moment looks here, and returns when nobody does.
typedef struct deskhook_host_cancel {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] 1 where the call that runs is past its limit, or none runs; else 0.
  uint32_t (*is_cancelled)(const struct deskhook_host *host);
  // [any-thread] Milliseconds until then; 0 where it is past.
  uint64_t (*remaining_millis)(const struct deskhook_host *host);
} deskhook_host_cancel;

// `deskhook.host.call/1`, since 1.1: what the agent does for a plugin after it looked at the grant.
typedef struct deskhook_host_calls {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] `request` is JSON, and so is what is written to `answer`:
  // `{"call": "http", "method": "GET", "url": ..., "headers": {...}, "body": ..., "timeout": 5}`
  // (needs `net:HOST`) is answered `{"status": 200, "headers": {...}, "body": ...}`;
  // `{"call": "exec", "path": ..., "arguments": [...], "stdin": ..., "timeout": 5}` (`exec:PATH`)
  // `{"code": 0, "stdout": ..., "stderr": ...}`; `{"call": "read-file", "path": ...}`
  // (`fs.read:PATH`) and `{"call": "environment", "name": ...}` (`env:NAME`) a text, the latter
  // `DESKHOOK_NOT_FOUND` where there is none. `error` may be null.
  deskhook_status (*send)(const struct deskhook_host *host,
                          struct deskhook_text request,
                          const struct deskhook_sink *answer,
                          const struct deskhook_sink *error);
} deskhook_host_calls;

// `deskhook.host.text/1`, since 1.1: the manifest's `texts` in the person's language.
typedef struct deskhook_host_translations {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] Writes the text of `key` to `value`, in the language of the person whose call runs
  // or ran last; `{name}` in it is replaced by the value of that name in `values`, a JSON object or
  // no text. `DESKHOOK_NOT_FOUND` where the manifest has no such text. `error` may be null.
  deskhook_status (*get)(const struct deskhook_host *host,
                         struct deskhook_text key,
                         struct deskhook_text values,
                         const struct deskhook_sink *value,
                         const struct deskhook_sink *error);
} deskhook_host_translations;

// `deskhook.host.folder/1`, since 1.1: a folder of this plugin's own, for files.
typedef struct deskhook_host_folder {
  // Size of this struct in bytes, as the host knows it.
  uint32_t struct_size;
  // Zero.
  uint32_t reserved;
  // [any-thread] Writes the absolute path of the folder to `value`. It is there, of the person's
  // account alone, and outlives updates; a file in it has at most 64 MiB. `DESKHOOK_NOT_FOUND`
  // where this host has none for it.
  deskhook_status (*path)(const struct deskhook_host *host, const struct deskhook_sink *value);
} deskhook_host_folder;

// Done.
#define DESKHOOK_OK 0

// Not done; the error sink says why.
#define DESKHOOK_FAILED 1

// The plugin's own code panicked; what it would have answered counts as a failure.
#define DESKHOOK_PANICKED 2

// The caller broke a rule: a null where none may be, a text that is not UTF-8, a struct that is
// too small, an unknown number.
#define DESKHOOK_INVALID 3

// There is no such fact, key or value.
#define DESKHOOK_NOT_FOUND 4

// The organisation's policy grants this plugin no such capability.
#define DESKHOOK_NOT_GRANTED 5

// Nobody answered in time, or nobody is there: before the first hook, and at shutdown.
#define DESKHOOK_NO_ANSWER 6

// What was written is longer than the sink takes.
#define DESKHOOK_TOO_LARGE 7


#ifdef __cplusplus
extern "C" {
#endif

// [load-thread] The one function that a library exports. Never null; the same answer each time.
// It does nothing but answer: the host has not decided yet whether it trusts the library.
DESKHOOK_EXPORT const deskhook_entry *deskhook_plugin_entry(void);

#ifdef __cplusplus
}
#endif

#endif
