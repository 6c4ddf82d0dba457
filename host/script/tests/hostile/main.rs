//! Whatever a script does, a call of it ends within its limit, with the answer that is safe for
//! its kind and a reason that says where; and the next call works.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use deskhook_hooks::{
    About, Answer, Bound, Call, Chain, Extension, Fault, Hook, HostPort, HostQuestion, Kind, Limit,
};
use deskhook_script::{Package, Script};
use serde_json::json;

use attack::{ATTACK, Attack, CAPABILITIES};

mod attack;
mod ending;

/// Ten times looser than what is promised: limit and 250 ms. The promise itself is a benchmark.
const BOUND: Duration = Duration::from_millis((2000 + 250) * 10);

/// A script that says what became of its last call, as the chain does not.
struct Watched {
    script: Script,
    limit: Limit,
    ended: mpsc::Sender<Result<Answer, Fault>>,
}

impl Extension for Watched {
    fn about(&self) -> &About {
        self.script.about()
    }

    fn call(&self, call: &Call, _: Limit, host: &HostPort) -> Result<Answer, Fault> {
        let result = self.script.call(call, self.limit, host);
        let _ = self.ended.send(result.clone());
        result
    }
}

/// One attack in a chain of its own.
struct Scene {
    chain: Arc<Chain>,
    hook: Hook,
    /// What each call came to, in order.
    ended: mpsc::Receiver<Result<Answer, Fault>>,
    _dir: tempfile::TempDir,
    _silence: Silence,
}

impl Scene {
    fn new(attack: &Attack, hook: Hook) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        attack.write(dir.path(), (hook.name(), fine(hook)));
        let (tell, ended) = mpsc::channel();
        let watched = Watched {
            script: script(dir.path()),
            limit: ending::limit(attack),
            ended: tell,
        };
        let (questions, inbox) = mpsc::channel();
        let silence = match attack.host.as_str() {
            "prompt" => answer_at_once(inbox),
            "late" => answer_late(inbox),
            // What is asked stays in the channel.
            _ => Some(inbox),
        };
        let mut bound = Bound {
            extension: Arc::new(watched),
            policy: Default::default(),
        };
        // As long as there can be, so that it is the script that ends the call.
        bound.policy.budget = 30_000;
        Self {
            ended,
            chain: Arc::new(Chain::new(vec![bound], &questions)),
            hook,
            _dir: dir,
            _silence: silence,
        }
    }

    fn call(&self, policy_version: &str) -> Call {
        let input = json!({ "policy_version": policy_version });
        Call::read(Some(self.hook), input).expect("an input of the hook")
    }

    /// Runs the hook in the chain; what came of it there, in words.
    fn run(&self, policy_version: &str) -> String {
        let call = self.call(policy_version);
        match self.hook.kind() {
            Kind::Decide => format!("{:?}", self.chain.decide(call)[0].verdict),
            Kind::Transform => {
                let apply = |_: &_, answer: &Answer| Ok(answer.to_value().to_string());
                let folded = self.chain.fold("kept".to_owned(), |_| call.clone(), apply);
                let dropped = folded.provenance.dropped.into_iter();
                let dropped: Vec<_> = dropped.map(|one| (one.by, one.why)).collect();
                format!("{} {dropped:?}", folded.state)
            }
            Kind::Provide => format!("{:?}", self.chain.provide(call, Ok).given),
            Kind::Observe => format!("{:?}", self.chain.tell(call).answers()),
        }
    }

    fn last(&self) -> Result<Answer, Fault> {
        self.ended.recv_timeout(BOUND).expect("the call has ended")
    }
}

fn script(dir: &Path) -> Script {
    let package = Package::load(dir).expect("a test is right about its own files");
    Script::new(package, &CAPABILITIES.map(str::to_owned)).expect("an attack loads")
}

type Silence = Option<mpsc::Receiver<HostQuestion>>;

fn answer_at_once(inbox: mpsc::Receiver<HostQuestion>) -> Silence {
    std::thread::spawn(move || {
        for question in inbox {
            let _ = question.reply.send(Ok(json!("told")));
        }
    });
    None
}

/// Each question is answered when the next one comes, which nobody waits for any more.
fn answer_late(inbox: mpsc::Receiver<HostQuestion>) -> Silence {
    std::thread::spawn(move || {
        let mut former: Option<HostQuestion> = None;
        for question in inbox {
            if let Some(former) = former.replace(question) {
                let _ = former.reply.send(Ok(json!("told late")));
            }
        }
    });
    None
}

/// What a good package of the hook's kind answers.
fn fine(hook: Hook) -> &'static str {
    match hook.kind() {
        Kind::Decide => "deskhook.allow()",
        Kind::Transform => "{ fields = { fine = true } }",
        Kind::Provide => "'/fine'",
        Kind::Observe => "nil",
    }
}

/// What the chain makes of that answer, and of none.
fn outcomes(hook: Hook) -> (&'static str, &'static str) {
    match hook.kind() {
        Kind::Decide => ("Some(Allow)", "Some(Deny { code: \"check-failed\""),
        Kind::Transform => (r#"{"fields":{"fine":true}} []"#, "kept [(\"hostile\""),
        Kind::Provide => (r#"Some(("hostile", "/fine"))"#, "None"),
        Kind::Observe => (r#"[("hostile", Ok(Nothing))]"#, "[(\"hostile\", Err("),
    }
}

/// What is wrong with how an attack ended.
fn complaints(attack: &Attack, hook: Hook) -> Vec<String> {
    let scene = Scene::new(attack, hook);
    for _ in 1..attack.calls {
        let ended = scene.run(ATTACK);
        if scene.last().is_err() {
            // Later calls of it start anew.
            assert!(
                ended.starts_with(outcomes(hook).1),
                "{}: {ended}",
                attack.name
            );
        }
    }
    let begun = Instant::now();
    let ended = scene.run(ATTACK);
    let (took, result) = (begun.elapsed(), scene.last());
    let said = result
        .as_ref()
        .err()
        .map(ToString::to_string)
        .unwrap_or_default();
    let kind = ending::kind(&result);
    let (good, bad) = outcomes(hook);
    let mut wrong = vec![];
    if !attack.ends.iter().any(|expected| expected == kind) {
        wrong.push(format!(
            "{kind} instead of {}: {said}",
            attack.ends.join(" ")
        ));
    }
    if result.is_err() && !attack.is_placed(&said) {
        wrong.push(format!("not at {:?}: {said:?}", attack.lines));
    }
    if !ended.starts_with(if result.is_err() { bad } else { good }) {
        wrong.push(format!("the chain made of {kind}: {ended}"));
    }
    if took > BOUND {
        wrong.push(format!("took {took:?}"));
    }
    let next = scene.run("");
    if next != good {
        wrong.push(format!("the next call: {next}"));
    }
    let name = &attack.name;
    wrong.iter().map(|what| format!("{name}: {what}")).collect()
}

#[test]
fn every_attack_on_a_decision_is_a_no_that_says_where_and_the_next_call_works() {
    let attacks = attack::all();
    assert!(
        attacks.len() > 200,
        "only {} attacks were found",
        attacks.len()
    );
    let wrong: Vec<String> = attacks
        .iter()
        .flat_map(|attack| complaints(attack, Hook::SessionRequest))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A few of each kind of fault, on hooks of the other kinds.
#[test]
fn an_attack_on_any_other_hook_leaves_things_as_they_were() {
    let names = [
        "endless_loop",
        "growing_table",
        "error_with_table",
        "answer_of_functions",
        "sort_of_long_texts",
        "handler_that_yields",
    ];
    let attacks = attack::all();
    let chosen: Vec<_> = attacks
        .iter()
        .filter(|attack| names.contains(&attack.name.as_str()))
        .collect();
    assert_eq!(chosen.len(), names.len());
    let mut wrong = vec![];
    for hook in [Hook::StateCollect, Hook::ClientLocate, Hook::Timer] {
        for attack in &chosen {
            // Whatever a hook that observes gives back is nothing.
            if hook.kind() == Kind::Observe && attack.ends == ["bad-answer"] {
                continue;
            }
            wrong.extend(complaints(attack, hook));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
