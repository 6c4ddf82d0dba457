//! The Lua API, tried from Lua on a pretended host.

use deskhook_script::{REFERENCE, test};

const MANIFEST: &str = r#"{"name": "sample", "version": "1.0.0", "api": 1,
  "hooks": ["session.request", "tray.menu", "client.locate", "menu.click"],
  "capabilities": ["policy:Sample", "facts:*", "net:*", "exec:/bin/tool", "fs.read:/etc/sample/",
    "env:SAMPLE"]}"#;
const INIT: &str = r#"
local other = require("./lib/other")
deskhook.on("session.request", function(ctx)
  return other.judge(ctx)
end)
deskhook.on("tray.menu", function(ctx)
  return { tooltip = ctx.menu.tooltip .. "!", remove = {}, add = { { id = "x", text = "X" } } }
end)
deskhook.on("client.locate", function(ctx)
  return "/opt/" .. ctx.client
end)
deskhook.on("menu.click", function(ctx)
  deskhook.request.notify{ message = ctx.item }
  return { request = "refresh_tray" }
end)
"#;
const OTHER: &str = r#"
local M = {}
function M.judge(ctx)
  local f = require("../judges")[ctx.reason or "none"]
  return f and f(ctx)
end
return M
"#;
const JUDGES: &str = r#"
return {
  policy = function() return deskhook.deny{ code = "p", message = deskhook.policy.get("sample.nested.key") } end,
  section = function()
    local kinds = { Open = "object", Days = "list", Most = "number", Strict = "boolean", Contact = "text" }
    local section = deskhook.policy.get("Sample")
    local left_out = {}
    local read = deskhook.policy.check(section, "Sample", kinds, function(key, why)
      left_out[#left_out + 1] = key .. " " .. why
    end)
    deskhook.store.set("read", { read = read, left_out = left_out })
    deskhook.policy.check(section, "Sample", kinds)
    return deskhook.deny{ code = "contact", message = deskhook.policy.text(read.Contact) }
  end,
  kinds = function()
    return deskhook.policy.check({}, "Sample", { Open = "objekt" })
  end,
  ungranted_key = function() return deskhook.policy.get("Other.Key") end,
  ungranted_path = function() return deskhook.fs.read("/etc/sample/../shadow") end,
  http = function()
    local answer = deskhook.http.post("https://a.example/x", { json = { a = { 1 } }, headers = { ["x-y"] = 5 } })
    return deskhook.deny{ code = tostring(answer.status), message = deskhook.json.decode(answer.body).text }
  end,
  caught = function()
    local ok, err = pcall(deskhook.http.get, "https://b.example/")
    return deskhook.deny{ code = tostring(ok), message = err }
  end,
  store = function()
    local count = (deskhook.store.get("count") or 0) + 1
    deskhook.store.set("count", count)
    return deskhook.deny{ code = "count", message = tostring(count) }
  end,
}
"#;

fn tests(source: &str) {
    let dir = tempfile::tempdir().expect("a test is right about its own files");
    let root = dir.path().join("sample");
    for (path, text) in [
        ("deskhook.json", MANIFEST),
        ("init.lua", INIT),
        ("lib/other.lua", OTHER),
        ("judges.lua", JUDGES),
        ("texts/en.json", r#"{"hello": "Hello {name}, {missing}!"}"#),
        ("tests/all.lua", source),
    ] {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a test is right about its own files"))
            .expect("a test is right about its own files");
        std::fs::write(path, text).expect("a test is right about its own files");
    }
    let report = test(&root, None).expect("a test is right about its own files");
    assert!(!report.cases.is_empty());
    assert!(report.passed(), "{:#?}", report.cases);
}

#[test]
fn hooks_of_all_kinds_answer() {
    tests(
        r#"
test("transform", function(t)
  local result = t.run("tray.menu", { menu = { tooltip = "Help" } })
  t.patch(result, { tooltip = "Help!", remove = {} })
  t.equal(#result.patch.add, 1)
end)
test("provide", function(t)
  t.value(t.run("client.locate", { client = "vnc" }), "/opt/vnc")
end)
test("observe", function(t)
  local result = t.run("menu.click", { item = "x" })
  t.equal(result.requests, { { request = "refresh_tray" } })
  t.equal(t.requests()[1].message, "x")
end)
test("decide", function(t)
  t.abstained(t.run("session.request", {}))
end)
"#,
    );
}

#[test]
fn a_section_of_the_policy_has_the_types_and_the_names_that_the_package_knows() {
    tests(
        r#"
test("what fits is read whatever its case", function(t)
  t.policy{ Sample = { OPEN = { mon = "8" }, days = {}, most = 5, STRICT = false, contact = { de = "Anna", EN = "Ann" } } }
  t.person{ language = "de-AT" }
  t.equal(t.run("session.request", { reason = "section" }).message, "Anna")
  local kept = t.stored("read")
  t.equal(kept.read, { Open = { mon = "8" }, Days = {}, Most = 5, Strict = false, Contact = { de = "Anna", EN = "Ann" } })
  t.equal(kept.left_out, {})
end)
test("a text in English where the language is not there, else in any", function(t)
  t.person{ language = "fr" }
  t.policy{ Sample = { Contact = { de = "Anna", EN = "Ann" } } }
  t.equal(t.run("session.request", { reason = "section" }).message, "Ann")
end)
test("a text in any language where there is no English", function(t)
  t.policy{ Sample = { Contact = { it = "Annamaria", nl = "Anneke" } } }
  t.equal(t.run("session.request", { reason = "section" }).message, "Annamaria")
end)
test("a text that is the same for all", function(t)
  t.policy{ Sample = { Contact = "the desk" } }
  t.equal(t.run("session.request", { reason = "section" }).message, "the desk")
end)
test("what does not fit is told, or is an error with its key", function(t)
  t.policy{ Sample = { open = "always", most = "5", days = { a = 1 }, contact = { "x" } } }
  t.failed(t.run("session.request", { reason = "section" }), "Sample.")
  local left_out = t.stored("read").left_out
  table.sort(left_out)
  t.equal(left_out, {
    "Sample.Contact is a text, or one for each language: {\"en\": \"...\"}",
    "Sample.Days is a list", "Sample.Most is a number", "Sample.Open is an object",
  })
end)
test("no section is none, and a list is no section", function(t)
  t.policy{ Sample = { "x" } }
  t.failed(t.run("session.request", { reason = "section" }), "Sample is an object (sample/judges.lua:12)")
end)
test("a key that nobody knows is told once, with what it may have meant", function(t)
  t.policy{ Sample = { Contact = "x", Contcat = "y" } }
  t.run("session.request", { reason = "section" })
  t.run("session.request", { reason = "section" })
  t.equal(t.logs(), { "Sample.Contcat is no key of this package, so it does nothing; did you mean \"Contact\"?" })
end)
test("a kind that is none", function(t)
  t.failed(t.run("session.request", { reason = "kinds" }), 'there is no kind "objekt"; did you mean "object"?')
end)
"#,
    );
}

#[test]
fn the_host_is_asked_within_the_grants() {
    tests(
        r#"
test("policy, below the granted key", function(t)
  t.policy{ Sample = { Nested = { Key = "value" } } }
  t.equal(t.run("session.request", { reason = "policy" }).message, "value")
end)
test("a key that is not asked for", function(t)
  t.failed(t.run("session.request", { reason = "ungranted_key" }),
    'the capability "policy:Other.Key" is missing: "capabilities" in deskhook.json does not name it (sample/judges.lua:18)')
end)
test("a path that climbs", function(t)
  t.failed(t.run("session.request", { reason = "ungranted_path" }), '"fs.read:/etc/sample/../shadow" is missing')
end)
test("a module that is not granted names its capability", function(t)
  t.grants{ "policy:Sample" }
  t.failed(t.run("session.request", { reason = "http" }),
    'deskhook.http needs the capability "net:HOST", and the policy grants none')
end)
test("http", function(t)
  t.http("https://a.example/x", { status = 201, body = { text = "made" } })
  local result = t.run("session.request", { reason = "http" })
  t.equal({ result.code, result.message }, { "201", "made" })
  local call = t.http_calls()[1]
  t.equal(call.body, '{"a":[1]}')
  t.equal(call.headers, { ["content-type"] = "application/json", ["x-y"] = "5" })
end)
test("an error of the host is a text with a place", function(t)
  t.http("https://b.example/", { error = "connection refused" })
  local result = t.run("session.request", { reason = "caught" })
  t.equal(result.message, "sample/judges.lua:25: deskhook.http.get: GET https://b.example/: connection refused")
end)
test("what is said a thousand times is not sent", function(t)
  local long = string.rep("x", 2e4)
  local many = table.create(100, long)
  local headers = {}
  for i = 1, 100 do
    headers["x-" .. i] = long
  end
  local _, err = pcall(deskhook.exec, "/bin/tool", many)
  t.equal(err, "sample/tests/all.lua:38: deskhook.exec: more than 1024 KiB of text")
  _, err = pcall(deskhook.http.get, "https://a.example/", { headers = headers })
  t.equal(err, "sample/tests/all.lua:40: deskhook.http.get: more than 1024 KiB of text")
end)
test("the store outlives a call", function(t)
  t.run("session.request", { reason = "store" })
  t.equal(t.run("session.request", { reason = "store" }).message, "2")
  t.equal(t.stored("count"), 2)
end)
test("and not a test", function(t)
  t.equal(t.stored("count"), nil)
end)
"#,
    );
}

#[test]
fn values_texts_and_times_are_as_documented() {
    tests(
        r#"
local time, json = deskhook.time, deskhook.json
test("time", function(t)
  t.clock("2026-11-22T23:30:00+01:00")
  local now = time.now()
  t.equal({ now.weekday, now.hour, now.date, now.offset }, { 7, 23, "2026-11-22", 3600 })
  t.equal(time.now("Asia/Tokyo").date, "2026-11-23")
  t.equal(time.now("Europe/Berlin").zone, "Europe/Berlin")
  local summer = time.parse("2026-07-01T12:00:00", "Europe/Berlin")
  t.equal(summer.text, "2026-07-01T12:00:00+02:00")
  t.equal(time.parse(summer.text).unix, summer.unix)
  t.equal(time.format(summer, "%d.%m.%Y %H:%M", "UTC"), "01.07.2026 10:00")
  t.equal(time.format(0, "%Y", "UTC"), "1970")
  t.equal(pcall(time.now, "Mars/Base"), false)
  t.equal(pcall(time.parse, "yesterday"), false)
end)
test("json", function(t)
  local text = '{"empty":[],"list":[1,2.5],"text":"x"}'
  t.equal(json.encode(json.decode(text)), text)
  t.equal(json.decode("null"), nil)
  t.equal(pcall(json.decode, "{"), false)
end)
test("bytes", function(t)
  t.equal(deskhook.base64.encode("\255\0a"), "/wBh")
  t.equal(#deskhook.base64.decode("/wBh"), 3)
  t.equal(deskhook.hash.sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  -- RFC 4231, test cases 2 and 6: a key shorter and one longer than a block.
  t.equal(deskhook.hash.hmac_sha256("Jefe", "what do ya want for nothing?"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  t.equal(deskhook.hash.hmac_sha256(string.rep("\170", 131), "Test Using Larger Than Block-Size Key - Hash Key First"),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  t.equal(pcall(deskhook.hash.hmac_sha256, "", "x"), false)
end)
test("text", function(t)
  t.equal(deskhook.text("hello", { name = "Kim" }), "Hello Kim, {missing}!")
  t.equal(deskhook.text("unknown.key"), "unknown.key")
  t.equal(deskhook.text("{{name}} {open", { name = "Kim" }), "{Kim} {open")
end)
test("misuse helps", function(t)
  local _, err = pcall(function() return deskhook.deny{ coed = "x" } end)
  t.equal(err, 'sample/tests/all.lua:40: deskhook.deny: there is no field "coed"; did you mean "code"? (known: code, message)')
  _, err = pcall(function() return deskhook.jsn end)
  t.equal(err, 'sample/tests/all.lua:42: there is no deskhook.jsn; did you mean "json"?')
  _, err = pcall(function() return deskhook.facts.get() end)
  t.equal(err, 'sample/tests/all.lua:44: deskhook.facts.get: argument 1 has to be a text, and this is nil')
  _, err = pcall(function() return require("../nothing") end)
  t.equal(err, 'sample/tests/all.lua:46: require: there is no module "../nothing" in the package')
end)
"#,
    );
}

#[test]
fn the_reference_is_what_is_there() {
    let names: Vec<String> = REFERENCE
        .iter()
        .map(|entry| format!("{:?}", entry.name))
        .collect();
    let source = r#"
test("names", function(t)
  local there = {}
  local function walk(prefix, table)
    for name, value in pairs(table) do
      if type(value) == "function" then
        there[#there + 1] = prefix .. name
      else
        walk(prefix .. name .. ".", value)
      end
    end
  end
  walk("deskhook.", deskhook)
  table.sort(there)
  local expected = { NAMES }
  table.sort(expected)
  t.equal(there, expected)
end)
"#;
    tests(&source.replace("NAMES", &names.join(", ")));
}

#[test]
fn the_globals_are_these_and_no_others() {
    tests(
        r#"
local function names(of)
  local list = {}
  for name in pairs(of) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end
test("globals", function(t)
  t.equal(names(_G), {
    "_G", "_VERSION", "assert", "bit32", "buffer", "coroutine", "debug", "deskhook", "error",
    "getmetatable", "integer", "ipairs", "math", "next", "os", "pairs", "pcall", "print", "rawequal", "rawget",
    "rawlen", "rawset", "require", "select", "setmetatable", "string", "table", "test", "tonumber",
    "tostring", "type", "typeof", "unpack", "utf8", "vector", "xpcall",
  })
  t.equal(names(os), { "clock" })
  t.equal(names(debug), { "traceback" })
end)
"#,
    );
}
