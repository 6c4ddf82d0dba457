use std::sync::Arc;
use std::sync::mpsc;

use deskhook_hooks::{Answer, Call, Extension, Hook, HostError, HostPort, HostQuestion};
use deskhook_script::Package;
use serde_json::json;

use crate::attack::{self, ATTACK, Attack, CAPABILITIES};
use crate::ending;
use crate::place::{child, open_in};

fn host(attack: &Attack) -> (HostPort, Option<mpsc::Receiver<HostQuestion>>) {
    match attack.host.as_str() {
        "prompt" => (HostPort::through(|_, _| Ok(json!("told"))), None),
        // Whoever gave up waiting is answered when it asks again.
        "late" => (late_host(), None),
        _ => {
            let (questions, inbox) = mpsc::channel();
            (HostPort::new("hostile", questions), Some(inbox))
        }
    }
}

fn late_host() -> HostPort {
    let (questions, inbox) = mpsc::channel::<HostQuestion>();
    std::thread::spawn(move || {
        let mut waiting: Option<HostQuestion> = None;
        for question in inbox {
            if let Some(before) = waiting.replace(question) {
                let _ = before.reply.send(Ok(json!("late")));
            }
        }
    });
    HostPort::new("hostile", questions)
}

/// What is wrong with how an attack ended.
fn complaints(attack: &Attack, extension: &dyn Extension) -> Vec<String> {
    let (host, _silence) = host(attack);
    let limit = ending::limit(attack);
    let call = |version: &str| {
        let input = json!({"policy_version": version});
        let call = Call::read(Some(Hook::SessionRequest), input).expect("an empty input fits");
        extension.call(&call, limit, &host)
    };
    let ended: Vec<_> = (0..attack.calls).map(|_| call(ATTACK)).collect();
    let last = ended.last().expect("an attack is called");
    let said = last.as_ref().err().map(ToString::to_string);
    let said = said.unwrap_or_default();
    let mut wrong = vec![];
    let kind = ending::kind(last);
    if !attack.ends.iter().any(|expected| expected == kind) {
        wrong.push(format!(
            "{kind} instead of {}: {said}",
            attack.ends.join(" ")
        ));
    }
    if last.is_err() && !attack.is_placed(&said) {
        wrong.push(format!("not at {:?}: {said:?}", attack.lines));
    }
    if !matches!(call(""), Ok(Answer::Verdict(_))) {
        wrong.push(format!("the next call: {:?}", call("")));
    }
    let name = &attack.name;
    wrong.iter().map(|what| format!("{name}: {what}")).collect()
}

#[test]
fn no_attack_of_a_script_ends_the_child_that_it_shares_with_others() {
    let process = child();
    let mut wrong = vec![];
    let mut pid = None;
    for attack in attack::all() {
        let dir = tempfile::tempdir().unwrap();
        attack.write(dir.path(), ("session.request", "deskhook.allow()"));
        let package = Arc::new(Package::load(dir.path()).unwrap());
        let granted = CAPABILITIES.map(str::to_owned);
        let extension = open_in(&process, &package, &granted);
        wrong.extend(complaints(&attack, extension.as_ref()));
        let now = process.pid();
        if pid.is_some() && now != pid {
            wrong.push(format!("{}: the child died of it", attack.name));
        }
        pid = now;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A host that says no to everything is an answer like any other.
#[test]
fn a_refusal_of_the_host_reaches_the_script_by_name() {
    let package = crate::place::package(
        &[Hook::AddressRead],
        &[(
            "init.lua",
            "deskhook.on('address.read', function() return deskhook.policy.get('Sample.Key') end)",
        )],
    );
    let extension = open_in(&child(), &package, &crate::place::granted());
    let host = HostPort::through(|call, _| {
        Err(HostError::NotGranted {
            capability: call.capability().unwrap_or_default(),
        })
    });
    let call = Call::read(Some(Hook::AddressRead), json!({})).unwrap();
    let fault = extension
        .call(&call, crate::place::LIMIT, &host)
        .unwrap_err()
        .to_string();
    assert!(
        fault.contains("\"policy:Sample.Key\" is not granted"),
        "{fault}"
    );
}
