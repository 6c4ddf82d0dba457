//! Elevated rights on a machine with real polkit and sudo: what an installed `deskhook elevate`
//! does for people who may ask for it, and what it refuses whoever asks.

pub(crate) mod office;

use anyhow::Result;
use ed25519_dalek::SigningKey;
use harness::{Namespace, Process, need, not_walked, until};
use serde_json::{Value, json};

use office::{Office, RENEW, WAYS, granted, now, output, refused, told};

/// Returns from the test, telling so, where such a machine cannot be made.
macro_rules! need_office {
    () => {
        need!("unshare", "dbus", "polkit", "pkexec", "sudo");
        if let Some(lacking) = Namespace::lacking() {
            not_walked(module_path!(), lacking);
            return Ok(());
        }
    };
}

#[test]
fn an_allowed_program_runs_as_root_once_through_polkit_and_through_sudo() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    for (number, way) in WAYS.iter().enumerate() {
        let order = office.sign(&office.order(&number.to_string()));
        let ask = |way: &[&str]| told(&output(&mut office.command("nils", way, &order))?);
        assert_eq!(ask(way)?, granted(0), "{way:?}");
        for again in WAYS {
            assert_eq!(ask(again)?, refused("order-used"), "{again:?}");
        }
    }
    assert_eq!(office.renewed()?, "root --now a b\n".repeat(2));
    Ok(())
}

#[test]
fn the_program_s_own_exit_code_comes_back() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    office.machine.write(RENEW, "0755", "#!/bin/sh\nexit 7\n")?;
    assert_eq!(office.ask(&office.sign(&office.order("1")))?, granted(7));
    Ok(())
}

#[test]
fn an_order_for_anything_else_is_refused_and_nothing_runs() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    let good = office.order("1");
    let changed = |key: &str, value: Value| {
        let mut order = good.clone();
        order[key] = value;
        office.sign(&order)
    };
    let mut damaged = office.sign(&good);
    damaged.insert(10, 'A');
    let stranger = Office {
        machine: Namespace::start()?,
        key: SigningKey::from_bytes(&[8; 32]),
    };
    for (order, why) in [
        (
            changed("program", json!("/usr/bin/id")),
            "program-not-allowed",
        ),
        (changed("device", json!("desk-8")), "other-device"),
        (changed("expires", json!(now() - 1)), "order-expired"),
        (changed("expires", json!(now() + 86_400)), "too-long"),
        (
            changed("method", json!("brokered-action")),
            "method-not-allowed",
        ),
        (
            changed("method", json!("transmitted-credentials")),
            "method-not-allowed",
        ),
        (changed("method", json!("any")), "order-not-believed"),
        (stranger.sign(&good), "order-not-believed"),
        (damaged, "order-not-believed"),
    ] {
        assert_eq!(office.ask(&order)?, refused(why));
    }
    assert_eq!(office.renewed()?, "");
    assert_eq!(
        office.ask(&office.sign(&good))?,
        granted(0),
        "none of these used it up"
    );
    Ok(())
}

#[test]
fn a_machine_that_others_can_change_is_refused() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    office
        .machine
        .shell("install -d -m 0700 /var/lib/deskhook/used")?;
    let order = office.sign(&office.order("1"));
    for (path, why) in [
        ("/etc/deskhook/policy.d/10-acme.json", "policy-not-trusted"),
        ("/etc/deskhook/policy.d", "policy-not-trusted"),
        ("/etc/deskhook/portal.pub", "portal-key"),
        ("/etc/deskhook/device", "device-name"),
        ("/etc/deskhook", "portal-key"),
        ("/var/lib/deskhook/used", "marks-not-trusted"),
        (RENEW, "program-not-trusted"),
        ("/usr/bin/deskhook", "helper-not-installed"),
        ("/usr/bin", "helper-not-installed"),
    ] {
        let mode = office
            .machine
            .shell(&format!("stat -c %a {path}; chmod o+w {path}"))?;
        assert_eq!(office.ask(&order)?, refused(why), "{path}");
        office
            .machine
            .shell(&format!("chmod {} {path}; chown nils {path}", mode.trim()))?;
        if path != RENEW && path != "/usr/bin" {
            assert_eq!(office.ask(&order)?, refused(why), "{path} of nils");
        }
        office
            .machine
            .shell(&format!("chown root {path}; chmod {} {path}", mode.trim()))?;
    }
    assert_eq!(office.renewed()?, "");
    assert_eq!(office.ask(&order)?, granted(0), "as it was before");
    Ok(())
}

#[test]
fn where_policy_is_signed_a_loose_layer_gives_no_rights_and_a_bundle_does() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    let order = office.sign(&office.order("1"));
    office.machine.shell(
        "install -d /etc/deskhook/keys; cd /etc/deskhook/keys
         deskhook policy keygen --role critical --out critical
         deskhook policy sign --key critical --out acme.bundle ../policy.d
         install -m 0644 critical.pub ../policy-trust.json",
    )?;
    assert_eq!(office.ask(&order)?, refused("elevation-off"), "loose");
    office.machine.shell(
        "cd /etc/deskhook; tr A-Z a-z < keys/acme.bundle > policy.d/acme.bundle
         chmod 0644 policy.d/acme.bundle",
    )?;
    assert_eq!(office.ask(&order)?, refused("policy-unreadable"), "damaged");
    office.machine.shell(
        "cd /etc/deskhook; install -m 0644 keys/acme.bundle policy.d/acme.bundle
         chmod 0666 policy-trust.json",
    )?;
    assert_eq!(office.ask(&order)?, refused("policy-not-trusted"), "open");
    office
        .machine
        .shell("chmod 0644 /etc/deskhook/policy-trust.json")?;
    assert_eq!(office.ask(&order)?, granted(0));
    let mode = office
        .machine
        .shell("stat -c %a /var/lib/deskhook/policy")?;
    assert_eq!(mode.trim(), "700");
    Ok(())
}

#[test]
fn a_policy_with_a_broken_layer_allows_nothing() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    let order = office.sign(&office.order("1"));
    office.machine.write(
        "/etc/deskhook/policy.d/20-desk.json",
        "0644",
        "{\"scope\": ",
    )?;
    assert_eq!(office.ask(&order)?, refused("policy-unreadable"));
    let forbids =
        json!({"scope": "user", "name": "nils", "settings": {"Elevation.Enabled": false}});
    office.machine.write(
        "/etc/deskhook/policy.d/20-desk.json",
        "0644",
        &forbids.to_string(),
    )?;
    assert_eq!(office.ask(&order)?, refused("elevation-off"));
    let other = forbids.to_string().replace("nils", "ole");
    office
        .machine
        .write("/etc/deskhook/policy.d/20-desk.json", "0644", &other)?;
    assert_eq!(office.ask(&order)?, granted(0));
    Ok(())
}

#[test]
fn a_deskhook_in_any_other_folder_refuses_even_as_root() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    let order = office.sign(&office.order("1"));
    // One that others can write in, and one that they cannot.
    for build in ["/var/tmp/target/debug/deskhook", "/usr/lib/target/deskhook"] {
        let script = format!("install -D -m 0755 /usr/bin/deskhook {build}");
        office.machine.shell(&script)?;
        let mut command = office.machine.command(build);
        let told = told(&output(command.args(["elevate", &order]))?)?;
        assert_eq!(told, refused("helper-not-installed"), "{build}");
    }
    assert_eq!(office.renewed()?, "");
    Ok(())
}

#[test]
fn who_may_not_ask_gets_nowhere() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    let order = office.sign(&office.order("1"));
    let plain: &[&str] = &["/usr/bin/deskhook", "elevate"];
    let direct = told(&output(&mut office.command("nils", plain, &order))?)?;
    assert_eq!(direct, refused("not-root"));
    for way in WAYS {
        let turned_away = output(&mut office.command("ole", way, &order))?;
        assert!(
            !turned_away.status.success() && turned_away.stdout.is_empty(),
            "{turned_away:?}"
        );
    }
    // The rules are for `elevate` alone.
    for way in WAYS {
        let way = [&way[..way.len() - 1], &["status"]].concat();
        let turned_away = output(&mut office.command("nils", &way, &order))?;
        assert!(
            !turned_away.status.success() && turned_away.stdout.is_empty(),
            "{turned_away:?}"
        );
    }
    assert_eq!(office.renewed()?, "");
    Ok(())
}

#[test]
fn more_or_less_than_one_order_is_wrong_usage() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    let order = office.sign(&office.order("1"));
    let mut command = office.command("nils", WAYS[1], &order);
    let told = told(&output(command.arg("--policy=/tmp"))?)?;
    assert_eq!((told.exit, told.why), (Some(2), json!("usage")));
    Ok(())
}

#[test]
fn nothing_of_the_caller_reaches_the_program() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    let look = "#!/bin/sh\nexec >/var/log/renewed\npwd\numask\nenv | cut -d= -f1 | sort | xargs\n\
                ls -m /proc/$$/fd\n(: </dev/tty) 2>/dev/null || echo no terminal\n";
    office.machine.write(RENEW, "0755", look)?;
    for (number, way) in WAYS.iter().enumerate() {
        let order = office.sign(&office.order(&number.to_string()));
        let mut command = office.command("nils", way, &order);
        command
            .env("LD_PRELOAD", "/tmp/evil.so")
            .env("DESKHOOK_POLICY", "/tmp");
        command.env("BASH_ENV", "/tmp/evil").env("LC_ALL", "C");
        assert_eq!(told(&output(&mut command)?)?, granted(0));
        let seen = office.renewed()?;
        let seen: Vec<&str> = seen.lines().collect();
        assert_eq!(seen[..2], ["/", "0022"], "{seen:?}");
        assert_eq!(seen[2], "HOME LANG LOGNAME PATH PWD SHELL USER", "{seen:?}");
        // The three standard ones, and the script itself as the shell reads it.
        assert_eq!(seen[3..], ["0, 1, 10, 2", "no terminal"], "{seen:?}");
    }
    Ok(())
}

#[test]
fn the_program_ends_with_whoever_asked() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    office.machine.write(
        RENEW,
        "0755",
        "#!/bin/sh\ntouch /var/log/renewed\nsleep 600\n",
    )?;
    for (number, way) in WAYS.iter().enumerate() {
        office.machine.shell("rm -f /var/log/renewed")?;
        let order = office.sign(&office.order(&number.to_string()));
        let asking = Process::start(&mut office.command("nils", way, &order))?;
        let began = || office.machine.shell("test -e /var/log/renewed").is_ok();
        until("the program should run", began)?;
        let ended = asking.end()?;
        assert!(ended.stdout.contains(r#""code":137"#), "{ended:?}");
        until_nothing_sleeps(&office)?;
    }
    Ok(())
}

#[test]
fn the_program_ends_when_the_order_expires() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    office
        .machine
        .write(RENEW, "0755", "#!/bin/sh\nsleep 600\n")?;
    let mut order = office.order("1");
    order["expires"] = json!(now() + 3);
    assert_eq!(office.ask(&office.sign(&order))?, granted(137));
    until_nothing_sleeps(&office)
}

/// What a program started is killed with it, and dies a moment after.
fn until_nothing_sleeps(office: &Office) -> Result<()> {
    until("what the program started is gone", || {
        office.machine.shell("! pgrep -f '^sleep 600$'").is_ok()
    })
}

#[test]
fn the_machine_around_stays_as_it_was() -> Result<()> {
    need_office!();
    let look = || {
        let files = [
            "/etc/passwd",
            "/etc/group",
            "/etc/shadow-",
            "/etc/sudoers.d",
            "/usr/bin",
        ];
        files.map(|path| {
            std::fs::metadata(path)
                .and_then(|about| about.modified())
                .ok()
        })
    };
    let before = look();
    let office = Office::open()?;
    assert_eq!(office.ask(&office.sign(&office.order("1")))?, granted(0));
    drop(office);
    assert_eq!(look(), before);
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    assert!(!accounts.contains("nils:"), "{accounts}");
    Ok(())
}

#[test]
fn an_open_file_is_never_passed_on_to_the_program() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    let order = office.sign(&office.order("1"));
    let open = "exec 7</etc/shadow; exec /usr/bin/deskhook elevate \"$1\"";
    let mut command = office.machine.command("sh");
    let told = told(&output(command.args(["-c", open, "sh", &order]))?)?;
    assert_eq!(told, refused("inherited-file"));
    assert_eq!(office.renewed()?, "");
    Ok(())
}

#[test]
fn a_terminal_is_never_shared_with_the_program() -> Result<()> {
    need_office!();
    let office = Office::open()?;
    let order = office.sign(&office.order("1"));
    // sudo then gives what it starts a terminal of its own to lead.
    let own = "Defaults use_pty\n";
    office
        .machine
        .write("/etc/sudoers.d/terminal", "0440", own)?;
    let leader = format!("sudo -n /usr/bin/deskhook elevate {order}");
    let mut command = office.machine.command("script");
    let seen = output(command.args(["-qec", &leader, "/dev/null"]))?;
    // The terminal may echo the end of its own input beside it.
    let seen = String::from_utf8_lossy(&seen.stdout).into_owned();
    assert!(seen.contains(r#""code":"terminal""#), "{seen}");
    assert_eq!(office.renewed()?, "");
    Ok(())
}
