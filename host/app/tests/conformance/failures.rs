use deskhook_hooks::{Answer, Fault, Hook};
use serde_json::json;

use crate::place::{PLACES, everywhere, package};

/// What a handler of `session.request` does, and what becomes of the call.
const FAILURES: &[(&str, &str)] = &[
    ("error('oh no')", "oh no (sample/init.lua:2)"),
    (
        "error({code = 1})",
        "a table was raised as an error (sample/init.lua:2)",
    ),
    (
        "error(nil)",
        "a nil was raised as an error (sample/init.lua:2)",
    ),
    (
        "local x = nil; return x.y",
        "attempt to index nil with 'y' (sample/init.lua:2)",
    ),
    (
        "while true do end",
        "no answer within 200 ms (sample/init.lua:2)",
    ),
    (
        "while true do pcall(function() while true do end end) end",
        "no answer within 200 ms (sample/init.lua:2)",
    ),
    (
        "coroutine.wrap(function() while true do end end)()",
        "no answer within 200 ms (sample/init.lua:2)",
    ),
    (
        "local t = {} while true do t[#t + 1] = string.rep('x', 1024) .. #t end",
        "more than 16 MiB of memory wanted (sample/init.lua:",
    ),
    (
        "return true",
        "the answer does not fit the hook session.request",
    ),
    (
        "return {verdict = 'maybe'}",
        "the answer does not fit the hook session.request",
    ),
    (
        "return deskhook.deny{code = 'x'}",
        "the field \"message\" is missing",
    ),
    ("return {f = print}", "the answer holds a function at f"),
    (
        "return {s = '\\255'}",
        "the answer holds a text that is not UTF-8 at s",
    ),
    (
        "local t = {} t.t = t return t",
        "the answer holds more than 32 levels",
    ),
    (
        "return deskhook.policy.get('Other.Key')",
        "the capability \"policy:Other.Key\" is missing",
    ),
    (
        "return deskhook.http.get('https://evil.example/')",
        "\"net:evil.example\" is missing",
    ),
    ("return deskhook.nothing", "there is no deskhook.nothing"),
    ("return getfenv(1)", "attempt to call a nil value"),
    ("string.format = nil", "attempt to modify a readonly table"),
    (
        "deskhook.on('session.request', print)",
        "belongs at the top level of init.lua",
    ),
];

#[test]
fn a_failure_is_the_same_everywhere_and_the_next_call_works() {
    for (body, said) in FAILURES {
        let init = format!(
            "deskhook.on('session.request', function(ctx)\nif ctx.reason then {body} end\nreturn deskhook.allow() end)"
        );
        let package = package(&[Hook::SessionRequest], &[("init.lua", &init)]);
        let calls = [json!({"reason": "x"}), json!({})].map(|input| (Hook::SessionRequest, input));
        let (results, _) = everywhere(&package, &calls);
        let fault = results[0].as_ref().expect_err(body).to_string();
        assert!(fault.contains(said), "{body}: {fault}");
        assert!(
            matches!(results[1], Ok(Answer::Verdict(_))),
            "{body}: {:?}",
            results[1]
        );
    }
}

#[test]
fn what_a_package_keeps_is_the_same_everywhere() {
    let init = "local n = 0
        deskhook.on('address.read', function(ctx)
          n = n + 1
          if ctx.output == 'fail' then error('x') end
          if ctx.output == 'late' then while true do end end
          return tostring(n)
        end)";
    let package = package(&[Hook::AddressRead], &[("init.lua", init)]);
    let calls = ["", "fail", "", "late", ""];
    let calls = calls.map(|output| (Hook::AddressRead, json!({"output": output})));
    let (results, _) = everywhere(&package, &calls);
    let values: Vec<_> = results.iter().map(|result| result.as_ref().ok()).collect();
    let value = |text: &str| Answer::Value(text.to_owned());
    let (one, three) = (value("1"), value("3"));
    // After an error the state is as it was, after a limit it is made anew.
    assert_eq!(values, [Some(&one), None, Some(&three), None, Some(&one)]);
    assert!(matches!(results[3], Err(Fault::Late { millis: 200, .. })));
}

#[test]
fn a_package_that_does_not_load_says_the_same_everywhere() {
    for (init, said) in [
        ("local = 1", "init.lua:1: Expected identifier"),
        ("error('at load')", "at load"),
        ("-- nothing", "session.request"),
        ("require('../outside')", "outside"),
        ("while true do end", "no answer within 500 ms"),
        ("deskhook.store.get('x')", "while the package loads"),
    ] {
        let package = package(&[Hook::SessionRequest], &[("init.lua", init)]);
        let [agent, child] = PLACES.map(|place| place.refusal(&package));
        assert_eq!(agent, child, "{init}");
        assert!(agent.contains(said), "{init}: {agent}");
    }
}
