//! Keys and signatures go both ways between `deskhook` and the tool minisign.

use std::path::Path;

use anyhow::Result;
use harness::{Finished, Home, Process, artifacts, need, run};

use super::guide::{commands, shell};
use super::{MANIFEST, done, packed, plugin};

const FILES: [&str; 2] = ["libzone.so", MANIFEST];
const PASSWORD: &str = "horse battery staple";

/// The tool, with its password twice where it asks for one.
fn minisign(home: &Home, arguments: &[&str]) -> Result<Finished> {
    let mut process = Process::start(home.command("minisign").args(arguments))?;
    let _ = process.write(&format!("{PASSWORD}\n{PASSWORD}\n"));
    process.end()
}

/// `deskhook plugin`, with that password in its variable.
fn knowing(home: &Home, password: &str, arguments: &[&str]) -> Result<Finished> {
    let mut command = home.deskhook();
    command.env("DESKHOOK_KEY_PASSWORD", password);
    run(command.arg("plugin").args(arguments))
}

/// What the tool says of both files of a plugin: whether all is well.
fn holds(home: &Home, folder: &Path, key: [&str; 2]) -> Result<bool> {
    let mut all = true;
    for file in FILES {
        let file = folder.join(file).display().to_string();
        let said = minisign(home, &["-V", "-m", &file, key[0], key[1]])?;
        all &= said.code == Some(0);
    }
    Ok(all)
}

fn is_verified(home: &Home, folder: &Path, key: &str) -> Result<bool> {
    let folder = folder.display().to_string();
    let said = plugin(home, &["verify", "--publisher", key, &folder])?;
    Ok(said.code == Some(0))
}

fn sign_by_tool(home: &Home, folder: &Path, key: &str) -> Result<()> {
    for file in FILES {
        let file = folder.join(file).display().to_string();
        done(&minisign(home, &["-S", "-s", key, "-m", &file])?)?;
    }
    Ok(())
}

/// `deskhook plugin` on a terminal, on which these lines are typed; its exit code.
fn typing(home: &Home, lines: &str, command: &str) -> Result<Option<i32>> {
    let deskhook = artifacts().deskhook.display();
    let command = format!("'{deskhook}' plugin {command}");
    let terminal = ["--quiet", "--return", "--command", &command, "/dev/null"];
    let mut process = Process::start(home.command("script").args(terminal))?;
    process.write(lines)?;
    Ok(process.end()?.code)
}

#[test]
fn a_password_is_typed_on_a_terminal_and_twice_for_a_new_key() -> Result<()> {
    need!("make", "minisign", "script");
    let home = Home::new()?;
    let folder = packed(&home)?;
    let keygen = "keygen --password --out key";
    assert_eq!(typing(&home, "one\nother\n", keygen)?, Some(2));
    assert!(!home.path().join("key").exists());
    assert_eq!(typing(&home, "one\none\n", keygen)?, Some(0));
    let sign = format!("sign --key key '{}'", folder.display());
    assert_eq!(typing(&home, "other\n", &sign)?, Some(3));
    assert_eq!(typing(&home, "one\n", &sign)?, Some(0));
    assert!(holds(&home, &folder, ["-p", "key.pub"])?);
    Ok(())
}

#[test]
fn what_deskhook_signs_minisign_verifies() -> Result<()> {
    need!("make", "minisign");
    let home = Home::new()?;
    let folder = packed(&home)?;
    let made = plugin(&home, &["keygen", "--out", "key"])?;
    let shown = folder.display().to_string();
    done(&plugin(&home, &["sign", "--key", "key", &shown])?)?;
    let line = made.stdout.trim();
    assert!(holds(&home, &folder, ["-P", line])?);
    assert!(holds(&home, &folder, ["-p", "key.pub"])?);
    let library = folder.join("libzone.so");
    let mut changed = std::fs::read(&library)?;
    changed[0] ^= 1;
    std::fs::write(&library, changed)?;
    assert!(!holds(&home, &folder, ["-P", line])?);
    // The tool signs with that key, too.
    sign_by_tool(&home, &folder, "key")?;
    assert!(holds(&home, &folder, ["-P", line])?);
    Ok(())
}

#[test]
fn what_minisign_signs_deskhook_verifies_and_its_key_signs_there() -> Result<()> {
    need!("make", "minisign");
    let home = Home::new()?;
    let folder = packed(&home)?;
    let shown = folder.display().to_string();
    let keys = ["-p", "minisign.pub", "-s", "minisign.key"];
    done(&minisign(&home, &[&["-G", "-W"], &keys[..]].concat())?)?;
    let said = shell(&home, &commands(&["minisign"])?)?;
    assert!(said.status.success(), "{said:?}");
    assert!(is_verified(&home, &folder, "minisign.pub")?);
    done(&plugin(&home, &["keygen", "--out", "other"])?)?;
    assert!(!is_verified(&home, &folder, "other.pub")?);
    done(&plugin(&home, &["sign", "--key", "minisign.key", &shown])?)?;
    assert!(holds(&home, &folder, ["-p", "minisign.pub"])?);
    Ok(())
}

#[test]
fn a_key_with_a_password_goes_both_ways() -> Result<()> {
    need!("make", "minisign");
    let home = Home::new()?;
    let folder = packed(&home)?;
    let shown = folder.display().to_string();
    done(&minisign(&home, &["-G", "-p", "m.pub", "-s", "m.key"])?)?;
    let sign = ["sign", "--key", "m.key", &shown];
    let said = knowing(&home, "wrong", &sign)?;
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(!is_verified(&home, &folder, "m.pub")?);
    done(&knowing(&home, PASSWORD, &sign)?)?;
    assert!(holds(&home, &folder, ["-p", "m.pub"])?);
    let make = ["keygen", "--password", "--out", "d.key"];
    done(&knowing(&home, PASSWORD, &make)?)?;
    sign_by_tool(&home, &folder, "d.key")?;
    assert!(is_verified(&home, &folder, "d.key.pub")?);
    Ok(())
}
