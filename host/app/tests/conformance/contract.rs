use deskhook_hooks::{Answer, Call, Hook};
use serde_json::{Value, json};

use crate::place::{everywhere, package};
use crate::samples::sample;

#[test]
fn every_hook_is_given_its_input_and_gives_its_answer() {
    for hook in Hook::ALL {
        let (input, lua, answer) = sample(hook);
        let init = format!(
            "deskhook.on('{hook}', function(ctx)
               deskhook.log.info(deskhook.json.encode(ctx))
               return {lua}
             end)"
        );
        let (results, asked) = everywhere(
            &package(&[hook], &[("init.lua", &init)]),
            &[(hook, input.clone())],
        );
        let given = Call::read(Some(hook), input).unwrap().input();
        let line = asked[0]["message"].as_str().unwrap();
        let seen: Value = serde_json::from_str(line).unwrap();
        assert_eq!(seen, given, "{hook}");
        let wanted = Answer::read(hook, answer).unwrap();
        assert_eq!(results, [Ok(wanted)], "{hook}");
    }
}

#[test]
fn every_hook_may_answer_nothing() {
    for hook in Hook::ALL {
        let init = format!("deskhook.on('{hook}', function() end)");
        let package = package(&[hook], &[("init.lua", &init)]);
        let (results, _) = everywhere(&package, &[(hook, json!({}))]);
        assert_eq!(results, [Ok(Answer::Nothing)], "{hook}");
    }
}

/// A package whose `address.read` answers with what `lua` makes, as JSON.
fn made(lua: &str) -> (Value, Vec<Value>) {
    let init = format!(
        "local other = require('./other')
         deskhook.on('address.read', function(ctx)
           return deskhook.json.encode((function() {lua} end)())
         end)"
    );
    let files = [
        ("init.lua", init.as_str()),
        (
            "other.lua",
            "local n = 0 return {count = function() n = n + 1 return n end}",
        ),
        ("texts/en.json", r#"{"hello": "Hello {name}"}"#),
        ("texts/de.json", r#"{"hello": "Hallo {name}"}"#),
    ];
    let (input, ..) = sample(Hook::AddressRead);
    let (mut results, asked) = everywhere(
        &package(&[Hook::AddressRead], &files),
        &[(Hook::AddressRead, input)],
    );
    let answer = results
        .remove(0)
        .unwrap_or_else(|fault| panic!("{lua}: {fault}"));
    let Answer::Value(text) = answer else {
        panic!("{lua}: {answer:?}");
    };
    (serde_json::from_str(&text).expect("it is JSON"), asked)
}

#[test]
fn whatever_is_asked_of_the_host_goes_up_and_comes_down_whole() {
    for (lua, answer) in [
        (
            "return deskhook.facts.get('power')",
            json!({"fact": "power", "list": []}),
        ),
        (
            "return deskhook.policy.get('Sample.Key')",
            json!(["Sample.Key", 1, 1.5, true, "\u{fc}\u{1f600}"]),
        ),
        (
            "return deskhook.http.get('https://tickets.example/1', {headers = {a = 'b'}})",
            json!({"status": 404, "headers": {"x": "y"}, "body": "https://tickets.example/1"}),
        ),
        (
            "local r = deskhook.http.post('https://tickets.example/1', {json = {a = {1, 2}}})
             return r.status",
            json!(404),
        ),
        (
            "local ok, why = pcall(deskhook.exec, '/usr/bin/sample', {'a', 'b'}, {stdin = 'x'})
             return {ok = ok, why = why}",
            json!({"ok": false, "why": "sample/init.lua:3: deskhook.exec: it cannot be run"}),
        ),
        (
            "return deskhook.fs.read('/etc/sample')",
            json!("/etc/sample"),
        ),
        ("return {deskhook.env.get('SAMPLE') == nil}", json!([true])),
        ("return deskhook.store.get('k')", json!({"kept": "k"})),
        ("deskhook.store.set('k', {a = {1}}) return 1", json!(1)),
        (
            "return deskhook.text('hello', {name = 'Ada'})",
            json!("Hallo Ada"),
        ),
        ("return deskhook.time.now().hour", json!(9)),
        ("return {other.count(), other.count()}", json!([1, 2])),
        ("return #deskhook.hash.sha256('x')", json!(64)),
    ] {
        let (seen, asked) = made(lua);
        assert_eq!(seen, answer, "{lua}: asked {asked:?}");
    }
}

#[test]
fn what_is_large_crosses_whole_and_what_is_too_large_is_refused() {
    let init = "deskhook.on('address.read', function(ctx) return ctx.output end)";
    let package = package(&[Hook::AddressRead], &[("init.lua", init)]);
    let text = "\u{fc}\n\u{0}\"".repeat(16 * 1024);
    let input = json!({"client": "x", "output": text});
    let (results, _) = everywhere(&package, &[(Hook::AddressRead, input)]);
    assert_eq!(results, [Ok(Answer::Value(text))]);
    let input = json!({"client": "x", "output": "x".repeat(1 << 21)});
    let (results, _) = everywhere(&package, &[(Hook::AddressRead, input)]);
    let fault = results[0].as_ref().unwrap_err().to_string();
    assert!(fault.contains("more than"), "{fault}");
}
