---@meta

-- Made by `deskhook schema` from the hook catalogue and the Lua API. Do not edit.

---A time, as `deskhook.time` gives it.
---@class deskhook.Time
---@field year integer 2026
---@field month integer 1 to 12
---@field day integer 1 to 31
---@field hour integer 0 to 23
---@field minute integer 0 to 59
---@field second integer 0 to 59
---@field weekday integer 1 is Monday, 7 is Sunday
---@field yearday integer 1 to 366
---@field unix integer seconds since 1970
---@field offset integer seconds east of UTC
---@field zone string `Europe/Berlin`, or the offset
---@field date string `2026-11-22`
---@field text string RFC 3339

---What a server answered.
---@class deskhook.Response
---@field status integer 100 to 599
---@field headers table<string, string> names in lower case
---@field body string at most 1 MiB

---What a program did.
---@class deskhook.Output
---@field code integer its exit code; -1 where a signal ended it
---@field stdout string at most 256 KiB
---@field stderr string at most 256 KiB

---What every test is given.
---@class deskhook.Test
---@field clock fun(now: string) sets the time
---@field advance fun(seconds: number) moves the time on; it stands still otherwise
---@field policy fun(values: table) sets policy values
---@field facts fun(values: table) sets facts of the device
---@field env fun(values: table) sets the agent's environment
---@field files fun(texts: table) sets files by path
---@field store fun(values: table) sets what the package kept
---@field person fun(fields: table) sets who is at the device
---@field device fun(fields: table) sets the device
---@field grants fun(capabilities: string[]) sets what the policy grants
---@field http fun(url: string, answer: table) sets what answers there
---@field exec fun(path: string, answer: table) sets what a program does
---@field run fun(hook: deskhook.Hook, input: table?): table calls the package
---@field allowed fun(result: table) the result is an allow
---@field denied fun(result: table, code: string?) the result is a deny
---@field asked fun(result: table, title: string?) the result is an ask
---@field abstained fun(result: table) the result is nothing
---@field failed fun(result: table, text: string?) the call failed
---@field patch fun(result: table, expected: any) the patch has these fields
---@field value fun(result: table, expected: any) the value is this
---@field equal fun(actual: any, expected: any) both are the same
---@field requests fun(): table what the package asked the agent to do
---@field logs fun(): string[] what it logged
---@field http_calls fun(): table its HTTP requests
---@field exec_calls fun(): table its programs
---@field stored fun(key: string): any what it kept under the key

---The name of a hook.
---@alias deskhook.Hook
---| "agent.started" # Once, when the agent has started.
---| "agent.stopping" # Once, before the agent stops.
---| "policy.changed" # When the value of a key is another than before.
---| "timer" # Again and again, at the interval of the package's own manifest.
---| "tray.menu" # When the menu is made: what it shows, the policy or a package changed.
---| "menu.click" # When the person picks an item that a package or the policy added.
---| "session.request" # When somebody asks for a session, before anything starts.
---| "consent.prompt" # Before the person is asked whether a supporter may join.
---| "client.locate" # Before the client is looked for, and fetched where it is not there. A plugin's path needs the capability `exec:PATH`.
---| "client.launch" # Before the client is started.
---| "address.read" # When the client has started: again when it has printed more, and every two seconds, until there is an address.
---| "address.report" # Before the portal is told the client's address.
---| "address.reported" # When the portal has acknowledged the address.
---| "session.started" # When a supporter is let in.
---| "session.ended" # When a session is over, however far it came; not where its agent died with it.
---| "client.exited" # When the client has ended by itself.
---| "session.join" # When a supporter wants to join, before the person is asked.
---| "elevation.request" # When a supporter wants a program run with elevated rights, before the person is asked.
---| "elevation.finished" # When a request for elevated rights is over.
---| "state.collect" # When the device's state is collected for the portal: at the start, with a new policy or package, when a supporter is let in.

---A new entry and its place.
---@class deskhook.AddedItem
---@field after string? The id of the entry that it follows; none is at the end.
---@field icon string? The name of an icon.
---@field id string? Its name: needed by all but labels, submenus and separators.
---@field items deskhook.NewMenuItem[]? For a submenu.
---@field kind ("item"|"link"|"separator"|"submenu"|"label")? What it does: of the kinds of items those that are nobody's own.
---@field target string? For a link.
---@field text string? What people read: needed by all but separators.

---What the hook `address.read` is given.
---@class deskhook.AddressReadInput
---@field client string The client's name.
---@field device deskhook.Device The device.
---@field hook "address.read" Which hook.
---@field now string RFC 3339 with the local offset.
---@field output string What the client has printed so far, at most 16 KiB.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---What the hook `address.report` is given.
---@class deskhook.AddressReportInput
---@field address string The client's address.
---@field client string The client's name.
---@field device deskhook.Device The device.
---@field hook "address.report" Which hook.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---What the hook `address.reported` is given.
---@class deskhook.AddressReportedInput
---@field address string The client's address.
---@field client string The client's name.
---@field device deskhook.Device The device.
---@field hook "address.reported" Which hook.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---What the hook `agent.started` is given.
---@class deskhook.AgentStartedInput
---@field device deskhook.Device The device.
---@field hook "agent.started" Which hook.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---What the hook `agent.stopping` is given.
---@class deskhook.AgentStoppingInput
---@field device deskhook.Device The device.
---@field hook "agent.stopping" Which hook.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---What the hook `client.exited` is given.
---@class deskhook.ClientExitedInput
---@field client string The client's name.
---@field code integer? Its exit code; none where a signal ended it.
---@field device deskhook.Device The device.
---@field hook "client.exited" Which hook.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.
---@field signal integer? The number of the signal that ended it, on Unix.

---What the hook `client.launch` is given.
---@class deskhook.ClientLaunchInput
---@field arguments string[] Its arguments.
---@field client string The client's name.
---@field device deskhook.Device The device.
---@field environment table<string, string> What its environment gets beside the small one of every client.
---@field hook "client.launch" Which hook.
---@field now string RFC 3339 with the local offset.
---@field path string Absolute path of the program.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---What the hook `client.locate` is given.
---@class deskhook.ClientLocateInput
---@field client string The client's name.
---@field device deskhook.Device The device.
---@field hook "client.locate" Which hook.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---A line of the consent dialog.
---@class deskhook.ConsentField
---@field id string Name, for programs.
---@field label string What the person reads.

---What a `consent.prompt` hook may answer: at most 16 fields, 256 bytes a line, 4 KiB a message.
---@class deskhook.ConsentPatch
---@field fields deskhook.ConsentField[]? More lines; one whose id is there already takes its place.
---@field message string? The text.
---@field title string? First line.

---What the hook `consent.prompt` is given.
---@class deskhook.ConsentPromptInput
---@field device deskhook.Device The device.
---@field hook "consent.prompt" Which hook.
---@field now string RFC 3339 with the local offset.
---@field permissions string[] What they want to do: names of permissions, as `screen`, `input`, `files`.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.
---@field reason string? Why, in the words of whoever asked.
---@field supporter deskhook.Supporter The supporter who asks.
---@field ticket string? The ticket's number.
---@field timeout_seconds integer How long the person has, in seconds.

---The device, as every hook sees it.
---@class deskhook.Device
---@field groups string[] The groups that the policy was resolved for.
---@field id string The portal's name of the device; empty before enrolment.
---@field name string The host name.
---@field os "linux"|"windows"|"macos" The operating system.
---@field os_version string The operating system's own version text.

---What the hook `elevation.finished` is given.
---@class deskhook.ElevationFinishedInput
---@field device deskhook.Device The device.
---@field hook "elevation.finished" Which hook.
---@field now string RFC 3339 with the local offset.
---@field outcome "granted"|"denied"|"expired"|"failed" How it ended; `expired` is that nobody answered in time.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.
---@field program string The program.
---@field session string The session's id.

---What the hook `elevation.request` is given.
---@class deskhook.ElevationRequestInput
---@field arguments string[] Its arguments.
---@field device deskhook.Device The device.
---@field hook "elevation.request" Which hook.
---@field method "local-approval"|"brokered-action"|"transmitted-credentials" The way to elevated rights.
---@field minutes integer For how long, in minutes.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.
---@field program string Absolute path of the program.
---@field reason string? Why, in the words of whoever asked.
---@field session string The session's id.
---@field supporter deskhook.Supporter The supporter who asks.

---Start a session.
---@class deskhook.ExtensionRequestStartSession
---@field reason string? Why.
---@field request "start_session" Which of them it is.
---@field ticket string? The ticket's number.

---End the session.
---@class deskhook.ExtensionRequestStopSession
---@field request "stop_session" Which of them it is.

---Show a notification.
---@class deskhook.ExtensionRequestNotify
---@field message string The rest.
---@field request "notify" Which of them it is.
---@field title string? First line.

---Make the menu anew.
---@class deskhook.ExtensionRequestRefreshTray
---@field request "refresh_tray" Which of them it is.

---What an extension may ask for, by `deskhook.request.*` or as the answer of `menu.click`.
---@alias deskhook.ExtensionRequest
---| deskhook.ExtensionRequestStartSession # Start a session.
---| deskhook.ExtensionRequestStopSession # End the session.
---| deskhook.ExtensionRequestNotify # Show a notification.
---| deskhook.ExtensionRequestRefreshTray # Make the menu anew.

---What `address.report` and `state.collect` may answer: at most 32 fields, a name of at most 64 bytes, a value (text, number or boolean) of at most 1 KiB.
---@class deskhook.FieldsPatch
---@field fields table<string, string|number|boolean>? Name to value: a text, a number or a boolean.

---What picking an entry does.
---@alias deskhook.ItemKind
---| "item" # A custom entry: runs `menu.click`.
---| "link" # Opens its target.
---| "separator" # A line between entries.
---| "submenu" # Opens further entries.
---| "label" # Says something; cannot be picked.
---| "start" # Starts a session.
---| "stop" # Ends the session.
---| "address" # Copies the address.
---| "question" # Brings the open question to the front.
---| "about" # Shows what this program is.
---| "quit" # Ends the agent.

---A change of one entry.
---@class deskhook.ItemPatch
---@field hidden boolean? Whether it is left out.
---@field icon string? A new icon.
---@field text string? A new text.

---What a `client.launch` hook may answer: the whole new arguments, more environment.
---@class deskhook.LaunchPatch
---@field arguments string[]? The arguments that replace those given.
---@field environment table<string, string>? Added to the environment.

---The tray's menu as a value, in one language.
---@class deskhook.Menu
---@field icon string `idle`, `waiting`, `connected`, `attention`, or the name of an icon of the desktop's theme.
---@field items deskhook.MenuItem[] From top to bottom.
---@field tooltip string What is read when the pointer rests on the icon.

---What the hook `menu.click` is given.
---@class deskhook.MenuClickInput
---@field device deskhook.Device The device.
---@field hook "menu.click" Which hook.
---@field item string The item's id.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---One entry of a `Menu`.
---@class deskhook.MenuItem
---@field icon string? The name of an icon of the desktop's theme.
---@field id string Its name, unique in the menu. Built in: `organisation`, `start`, `state`, `address`, `supporter`, `stop`, `question`, `about`, `quit`.
---@field items deskhook.MenuItem[]? For a submenu.
---@field kind deskhook.ItemKind What it does.
---@field target string? For a link: https, http, mailto or tel.
---@field text string What people read.

---What a `tray.menu` hook may answer.
---@class deskhook.MenuPatch
---@field add deskhook.AddedItem[]? New entries.
---@field icon string? A new icon.
---@field remove string[]? Entries to take out, by id.
---@field set table<string, deskhook.ItemPatch>? Changes of entries by id.
---@field tooltip string? A new tooltip.

---One entry of a `Menu`.
---@class deskhook.NewMenuItem
---@field icon string? The name of an icon of the desktop's theme.
---@field id string? Its name, unique in the menu. Built in: `organisation`, `start`, `state`, `address`, `supporter`, `stop`, `question`, `about`, `quit`.
---@field items deskhook.NewMenuItem[]? For a submenu.
---@field kind deskhook.ItemKind? What it does.
---@field target string? For a link: https, http, mailto or tel.
---@field text string? What people read.

---The person at the device, as every hook sees them.
---@class deskhook.Person
---@field display_name string The name that people read.
---@field language string Language tag: `de-at`.
---@field name string The account's name.
---@field verified boolean Whether enrolment bound this account; what the operating system says is not proof.

---What the hook `policy.changed` is given.
---@class deskhook.PolicyChangedInput
---@field changed string[] The keys whose effective value changed.
---@field device deskhook.Device The device.
---@field hook "policy.changed" Which hook.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---What the hook `session.ended` is given.
---@class deskhook.SessionEndedInput
---@field client string The client's name.
---@field device deskhook.Device The device.
---@field ended string When it ended, RFC 3339.
---@field hook "session.ended" Which hook.
---@field now string RFC 3339 with the local offset.
---@field outcome "disconnected"|"stopped"|"client-exited"|"time-limit"|"policy"|"denied"|"failed"|"agent-stopped" How it ended; `denied` is a session that the checks or the person did not let start.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.
---@field seconds integer How long it lasted, in seconds.
---@field session string The session's id.
---@field started string When it began, RFC 3339.
---@field supporter deskhook.Supporter? Who was in, if anybody.

---What the hook `session.join` is given.
---@class deskhook.SessionJoinInput
---@field address string? The client's address.
---@field device deskhook.Device The device.
---@field hook "session.join" Which hook.
---@field now string RFC 3339 with the local offset.
---@field permissions string[] What they want to do: names of permissions, as `screen`, `input`, `files`.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.
---@field reason string? Why, in the words of whoever asked.
---@field session string The session's id.
---@field supporter deskhook.Supporter The supporter who asks.
---@field ticket string? The ticket's number.

---What the hook `session.request` is given.
---@class deskhook.SessionRequestInput
---@field client string The client's name.
---@field device deskhook.Device The device.
---@field hook "session.request" Which hook.
---@field now string RFC 3339 with the local offset.
---@field origin "person"|"portal"|"url"|"extension" Who asked: `url` is a link with our scheme, `extension` a package or plugin.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.
---@field reason string? Why, in the person's words.
---@field ticket string? The ticket's number.

---What the hook `session.started` is given.
---@class deskhook.SessionStartedInput
---@field client string The client's name.
---@field device deskhook.Device The device.
---@field hook "session.started" Which hook.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.
---@field session string The session's id.
---@field started string When it began, RFC 3339.
---@field supporter deskhook.Supporter? Who is in.

---Where the session stands, for `tray.menu`.
---@class deskhook.SessionState
---@field address string? The client's address, as soon as it is known.
---@field phase "idle"|"checking"|"launching"|"reporting"|"waiting"|"joining"|"connected" How far the session is; `idle` is none.
---@field supporter deskhook.Supporter? Who is in, or wants in.

---What the hook `state.collect` is given.
---@class deskhook.StateCollectInput
---@field device deskhook.Device The device.
---@field hook "state.collect" Which hook.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---A supporter, as the portal vouches for them.
---@class deskhook.Supporter
---@field name string The name that people read.
---@field organisation string The organisation that they work for.
---@field verified boolean Whether the portal signed them in itself.

---What the hook `timer` is given.
---@class deskhook.TimerInput
---@field device deskhook.Device The device.
---@field hook "timer" Which hook.
---@field name string The timer's name: that of the package or plugin.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.

---What the hook `tray.menu` is given.
---@class deskhook.TrayMenuInput
---@field device deskhook.Device The device.
---@field hook "tray.menu" Which hook.
---@field menu deskhook.Menu The menu so far.
---@field now string RFC 3339 with the local offset.
---@field person deskhook.Person The person.
---@field policy_version string The effective policy's short name.
---@field session deskhook.SessionState Where the session stands.

---Nothing against it.
---@class deskhook.VerdictAllow
---@field verdict "allow" Which of them it is.

---No, and why.
---@class deskhook.VerdictDeny
---@field code string A stable word for programs.
---@field message string The sentence that the person reads.
---@field verdict "deny" Which of them it is.

---Ask the person first.
---@class deskhook.VerdictAsk
---@field message string The question.
---@field timeout integer? Seconds until silence is a no, 5 to 600.
---@field title string First line of the question.
---@field verdict "ask" Which of them it is.

---A verdict on the wire and in Lua: `{verdict = "deny", code = "...", message = "..."}`.
---@alias deskhook.Verdict
---| deskhook.VerdictAllow # Nothing against it.
---| deskhook.VerdictDeny # No, and why.
---| deskhook.VerdictAsk # Ask the person first.

deskhook = {}

---Hears a hook. At the top level of init.lua, once for each hook.
---@param hook deskhook.Hook the hook's name; it stands in `hooks` of the manifest
---@param fn fun(ctx: table): any given the hook's input, gives back its answer or nil
---@overload fun(hook: "agent.started", fn: fun(ctx: deskhook.AgentStartedInput))
---@overload fun(hook: "agent.stopping", fn: fun(ctx: deskhook.AgentStoppingInput))
---@overload fun(hook: "policy.changed", fn: fun(ctx: deskhook.PolicyChangedInput))
---@overload fun(hook: "timer", fn: fun(ctx: deskhook.TimerInput))
---@overload fun(hook: "tray.menu", fn: fun(ctx: deskhook.TrayMenuInput): deskhook.MenuPatch?)
---@overload fun(hook: "menu.click", fn: fun(ctx: deskhook.MenuClickInput): (deskhook.ExtensionRequest|deskhook.ExtensionRequest[])?)
---@overload fun(hook: "session.request", fn: fun(ctx: deskhook.SessionRequestInput): deskhook.Verdict?)
---@overload fun(hook: "consent.prompt", fn: fun(ctx: deskhook.ConsentPromptInput): deskhook.ConsentPatch?)
---@overload fun(hook: "client.locate", fn: fun(ctx: deskhook.ClientLocateInput): string?)
---@overload fun(hook: "client.launch", fn: fun(ctx: deskhook.ClientLaunchInput): deskhook.LaunchPatch?)
---@overload fun(hook: "address.read", fn: fun(ctx: deskhook.AddressReadInput): string?)
---@overload fun(hook: "address.report", fn: fun(ctx: deskhook.AddressReportInput): deskhook.FieldsPatch?)
---@overload fun(hook: "address.reported", fn: fun(ctx: deskhook.AddressReportedInput))
---@overload fun(hook: "session.started", fn: fun(ctx: deskhook.SessionStartedInput))
---@overload fun(hook: "session.ended", fn: fun(ctx: deskhook.SessionEndedInput))
---@overload fun(hook: "client.exited", fn: fun(ctx: deskhook.ClientExitedInput))
---@overload fun(hook: "session.join", fn: fun(ctx: deskhook.SessionJoinInput): deskhook.Verdict?)
---@overload fun(hook: "elevation.request", fn: fun(ctx: deskhook.ElevationRequestInput): deskhook.Verdict?)
---@overload fun(hook: "elevation.finished", fn: fun(ctx: deskhook.ElevationFinishedInput))
---@overload fun(hook: "state.collect", fn: fun(ctx: deskhook.StateCollectInput): deskhook.FieldsPatch?)
function deskhook.on(hook, fn) end

---Says that nothing is against it; nil says that there is no opinion.
---@return deskhook.Verdict
function deskhook.allow() end

---Says no, and why.
---@param verdict {code: string, message: string} a stable word for programs, and the sentence that the person reads
---@return deskhook.Verdict
function deskhook.deny(verdict) end

---Asks the person first.
---@param verdict {title: string, message: string, timeout?: integer} the question; seconds until silence is a no, 5 to 600
---@return deskhook.Verdict
function deskhook.ask(verdict) end

---A text of the package in the person's language, else in English, else in any, else the key.
---@param key string a key of `texts/<language>.json`
---@param values table? what `{name}` in the text becomes
---@return string
function deskhook.text(key, values) end

deskhook.request = {}

---Asks the agent to start a session.
---@param options {reason?: string, ticket?: string}? why, and the ticket's number
function deskhook.request.start_session(options) end

---Asks the agent to end the session.
function deskhook.request.stop_session() end

---Asks the agent to show a notification.
---@param options {title?: string, message: string} what the notification says
function deskhook.request.notify(options) end

---Asks the agent to make the menu anew.
function deskhook.request.refresh_tray() end

deskhook.facts = {}

---A fact of the device; nil where it is not known.
---Needs the capability `facts`.
---@param name string `disk-encryption`, `firewall`, `power`, ...
---@return any
function deskhook.facts.get(name) end

deskhook.policy = {}

---The effective value of a policy key; nil where nothing sets it.
---Needs the capability `policy`.
---@param key string a dotted key, compared without case
---@return any
function deskhook.policy.get(key) end

---A section of the policy under the names that the package knows, whatever their case in the policy; a key that is not known is logged once.
---Needs the capability `policy`.
---@param section any what `deskhook.policy.get` gave, or an object in it
---@param key string where it stands, for what is said of it
---@param kinds table<string, string> each key that is known: `string`, `number`, `boolean`, `object`, `list`, or `text` (one, or one for each language)
---@param complain (fun(key: string, why: string))? told of what has another type, which is then left out; without it that is an error
---@return table
function deskhook.policy.check(section, key, kinds, complain) end

---The text in the person's language, else in its main language, in English, in any.
---Needs the capability `policy`.
---@param value any a text, or a text for each language: `{en = "...", de = "..."}`
---@return string?
function deskhook.policy.text(value) end

deskhook.time = {}

---The time of the call.
---@param zone string? `Europe/Berlin`; the device's own offset where there is none
---@return deskhook.Time
function deskhook.time.now(zone) end

---Reads a time.
---@param text string RFC 3339, or a local date or time
---@param zone string? the zone of a local time, and of the result
---@return deskhook.Time
function deskhook.time.parse(text, zone) end

---Writes a time.
---@param time deskhook.Time|number a time, or seconds since 1970
---@param pattern string? as strftime has it; `%Y-%m-%d %H:%M` where there is none
---@param zone string? the zone to show it in
---@return string
function deskhook.time.format(time, pattern, zone) end

deskhook.http = {}

---Asks a server. One that cannot be reached is an error; a status of 400 and more is not.
---Needs the capability `net`.
---@param url string https, at a granted host
---@param options {headers?: table<string, string>, timeout?: integer}? timeout in seconds, 10 where there is none, at most 30
---@return deskhook.Response
function deskhook.http.get(url, options) end

---Tells a server something.
---Needs the capability `net`.
---@param url string https, at a granted host
---@param options {headers?: table<string, string>, body?: string, json?: any, timeout?: integer}? `json` is encoded and sets the content type
---@return deskhook.Response
function deskhook.http.post(url, options) end

---Runs a program and waits for it.
---Needs the capability `exec`.
---@param path string absolute path of a granted program
---@param arguments string[]? its arguments; there is no shell
---@param options {stdin?: string, timeout?: integer}? timeout in seconds, 10 where there is none, at most 30
---@return deskhook.Output
function deskhook.exec(path, arguments, options) end

deskhook.fs = {}

---The text of a file of at most 256 KiB.
---Needs the capability `fs.read`.
---@param path string absolute path of a granted file
---@return string
function deskhook.fs.read(path) end

deskhook.env = {}

---A variable of the agent's environment.
---Needs the capability `env`.
---@param name string its name
---@return string?
function deskhook.env.get(name) end

deskhook.store = {}

---What this package kept under the key.
---@param key string its key
---@return any
function deskhook.store.get(key) end

---Keeps a value; it outlives calls, reloads and restarts.
---@param key string its key
---@param value any a plain value of at most 64 KiB; nil forgets it
function deskhook.store.set(key, value) end

deskhook.json = {}

---Writes JSON.
---@param value any a plain value; an empty table is `{}`
---@return string
function deskhook.json.encode(value) end

---Reads JSON; null is nil.
---@param text string at most 1 MiB
---@return any
function deskhook.json.decode(text) end

deskhook.base64 = {}

---Writes base64 (RFC 4648, with padding).
---@param bytes string any bytes
---@return string
function deskhook.base64.encode(bytes) end

---Reads base64.
---@param text string base64
---@return string
function deskhook.base64.decode(text) end

deskhook.hash = {}

---SHA-256 in hex.
---@param bytes string any bytes
---@return string
function deskhook.hash.sha256(bytes) end

---HMAC-SHA256 (RFC 2104) in hex: proves to whoever has the key where bytes come from.
---@param key string any bytes, at least one
---@param bytes string any bytes
---@return string
function deskhook.hash.hmac_sha256(key, bytes) end

deskhook.log = {}

---Writes a line to the log: for the author.
---@param ... any joined by spaces, cut at 4 KiB
function deskhook.log.debug(...) end

---Writes a line to the log: worth knowing.
---@param ... any joined by spaces, cut at 4 KiB
function deskhook.log.info(...) end

---Writes a line to the log: worth a look.
---@param ... any joined by spaces, cut at 4 KiB
function deskhook.log.warn(...) end

---Writes a line to the log: broken.
---@param ... any joined by spaces, cut at 4 KiB
function deskhook.log.error(...) end

---A test of this package.
---@param name string
---@param fn fun(t: deskhook.Test)
function test(name, fn) end
