//! A secret that was written into a policy by mistake is refused, and repeated nowhere.

use deskhook_policy::{Layer, Problem, Subject, client_settings, resolve};

const SECRET: &str = "S3CR3T";

fn told(problems: &[Problem]) -> String {
    let excerpts = problems.iter().map(|problem| problem.place.excerpt());
    let excerpts: Vec<String> = excerpts.collect();
    let problems = serde_json::to_string(problems).expect("problems are JSON");
    problems + &excerpts.join("\n")
}

/// Everything that anybody can be told of a layer file.
fn everything(file: &str, text: &str) -> String {
    let parsed = Layer::parse(file, text);
    let mut said = told(&parsed.problems);
    let Some(layer) = parsed.layer else {
        return said;
    };
    let resolved = resolve(&[layer], &Subject::everyone());
    assert!(!resolved.problems.is_empty(), "nothing is said of {text}");
    said += &told(&resolved.problems);
    said += &serde_json::to_string(&resolved.provenance).expect("provenance is JSON");
    said += &resolved.policy.tree.to_string();
    let role = deskhook_policy::ClientRole::EndUser;
    said + &format!("{:?}", client_settings(&resolved, role))
}

fn of_client(settings: &str) -> String {
    format!(
        r#"{{"scope": "tenant", "settings": {{"Integration.AnyDesk.Client": {{{settings}}}}}}}"#
    )
}

#[test]
fn a_secret_is_repeated_nowhere_however_it_was_written() {
    let pairs = "Key = Integration.AnyDesk.Client.Advanced.ad.anynet.pwd_hash\nValue = ";
    let texts = [
        ("a.kv", format!("{pairs}S3CR3T\n")),
        ("b.kv", format!("{pairs}5f4dccS3CR3T\n")),
        ("c.kv", format!("{pairs}$argon2id$v=19,t=3$S3CR3T\n")),
        ("d.json", of_client(r#""Advanced": {"ad.anynet.pwd_hash": S3CR3T}"#)),
        ("e.json", of_client(r#""Advanced": {"ad.anynet.pwd_hash": S3CR3T"}"#)),
        ("f.json", of_client(r#""Advanced": {"ad.anynet.pwd_hash": "S3CR3T"}"#)),
        ("g.json", of_client(r#""Advanced": "ad.anynet.pwd_hash=S3CR3T""#)),
        ("h.json", of_client(r#""Advanced": ["ad.anynet.pwd_hash=S3CR3T"]"#)),
        ("i.json", of_client(r#""Advanced": {"ad.anynet.pwd_hash.v": "S3CR3T"}"#)),
        ("j.json", of_client(r#""PermissionProfiles": {"X": {"pwd": "S3CR3T"}}"#)),
        ("k.json", of_client(r#""UnattendedAccess": {"Password": "S3CR3T"}"#)),
        ("l.json", of_client(r#""Direction": "pwd=S3CR3T""#)),
        (
            "m.json",
            r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.Advanced": {"ad.anynet.pwd_hash": "S3CR3T"}}}"#.to_owned(),
        ),
        (
            "n.json",
            r#"{"scope": "tenant", "ad.anynet.pwd_hash=S3CR3T": 1, "settings": {}}"#.to_owned(),
        ),
        (
            "o.json",
            r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.BootstrapperUrl": "https://user:S3CR3T@a.example/x"}}"#.to_owned(),
        ),
    ];
    for (file, text) in texts {
        let said = everything(file, &text);
        assert!(!said.contains(SECRET), "{file}: {text}\n{said}");
    }
}

#[test]
fn a_profile_may_be_called_after_keys() {
    let text = of_client(r#""PermissionProfiles": {"key users": {"input": true}}"#);
    let layer = Layer::parse("a.json", &text).layer.expect("a layer");
    let resolved = resolve(&[layer], &Subject::everyone());
    assert_eq!(resolved.problems, []);
    assert!(resolved.policy.anydesk.permission_profiles["key users"]["input"]);
}
