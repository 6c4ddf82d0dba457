//! What vendors of native plugins do: from nothing to a plugin that is packed, signed and heard.

mod guide;
mod minisign;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use harness::{Finished, Home, need, run};
use serde_json::Value;

const ID: &str = "org.example.zone";
const MANIFEST: &str = "deskhook-plugin.json";

fn plugin(home: &Home, arguments: &[&str]) -> Result<Finished> {
    run(home.deskhook().arg("plugin").args(arguments))
}

fn done(said: &Finished) -> Result<()> {
    ensure!(said.code == Some(0), "{said:?}");
    Ok(())
}

/// The plugin in C as it comes, packed in this home; its folder.
fn packed(home: &Home) -> Result<PathBuf> {
    done(&plugin(home, &["new", ID, "--lang", "c"])?)?;
    done(&run(home.command("make").args(["-C", ID]))?)?;
    let library = format!("{ID}/libzone.so");
    done(&plugin(home, &["pack", ID, &library])?)?;
    Ok(home.path().join("dist").join(ID))
}

#[test]
fn a_new_plugin_has_an_id_of_its_own_and_is_never_written_over() -> Result<()> {
    let home = Home::new()?;
    for (id, why) in [
        ("zone", "needs your domain before it"),
        ("org.Example.zone", "'E' is in it"),
        ("../../zone", "'/' is in it"),
        ("org..zone", "a part of it is empty"),
    ] {
        let said = plugin(&home, &["new", id, "--lang", "c", "--json"])?;
        assert_eq!((said.code, &*said.stdout), (Some(2), ""), "{said:?}");
        assert!(said.stderr.contains(why), "{said:?}");
    }
    let new = ["new", ID, "--lang", "rust", "--dir", "deep/er", "--json"];
    let said = plugin(&home, &new)?;
    done(&said)?;
    let told: Value = serde_json::from_str(&said.stdout)?;
    let files = told["files"].as_array().cloned().unwrap_or_default();
    assert_eq!(files.len(), 5, "{told:#}");
    for file in files.iter().filter_map(Value::as_str) {
        assert!(home.path().join(file).is_file(), "{file}");
    }
    let mine = home.write(&format!("deep/er/{ID}/src/lib.rs"), "mine")?;
    let said = plugin(&home, &new)?;
    assert_eq!((said.code, &*said.stdout), (Some(3), ""), "{said:?}");
    let is_told = said.stderr.contains("is there already") && said.stderr.contains("help: ");
    assert!(is_told, "{said:?}");
    assert_eq!(std::fs::read(mine)?, b"mine");
    Ok(())
}

#[test]
fn a_plugin_in_rust_wants_the_sdk_and_one_in_c_does_not() -> Result<()> {
    let home = Home::new()?;
    let new = |language: &str| plugin(&home, &["new", ID, "--lang", language, "--sdk", "."]);
    for (language, why) in [("rust", "--sdk . is not the SDK"), ("c", "--sdk is for")] {
        let said = new(language)?;
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.stderr.contains(why), "{said:?}");
    }
    assert!(!home.path().join(ID).exists());
    Ok(())
}

#[test]
fn what_cannot_be_packed_says_why_and_what_to_do() -> Result<()> {
    let home = Home::new()?;
    done(&plugin(&home, &["new", ID, "--lang", "c"])?)?;
    home.write("text.so", "no code")?;
    home.write("own.so", "deskhook_plugin_entry")?;
    home.write("none.json", "{\n\"id\": 1}")?;
    for (arguments, why) in [
        ([ID, "no.so"], "help: build it first"),
        ([ID, "text.so"], "exports no deskhook_plugin_entry"),
        (["no.json", "own.so"], "cannot read the manifest no.json"),
        (["none.json", "own.so"], "line 2 column 7"),
        ([".", "own.so"], "cannot read the manifest"),
    ] {
        let said = plugin(&home, &[&["pack", "--json"], &arguments[..]].concat())?;
        assert_eq!((said.code, &*said.stdout), (Some(3), ""), "{said:?}");
        assert!(said.stderr.contains(why), "{said:?}");
    }
    // The very folder that the plugin was written in is called like its id, too.
    let said = plugin(&home, &["pack", ID, "own.so", "--out", "."])?;
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.stderr.contains("is no packed plugin"), "{said:?}");
    assert!(home.path().join(ID).join("plugin.c").exists());
    let said = plugin(&home, &["pack", ID, "own.so", "--out", "a/b", "--json"])?;
    done(&said)?;
    let told: Value = serde_json::from_str(&said.stdout)?;
    assert_eq!(told["library"], format!("a/b/{ID}/own.so"), "{told:#}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn what_is_packed_nobody_else_can_write_to_whatever_the_umask() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new()?;
    done(&plugin(&home, &["new", ID, "--lang", "c"])?)?;
    home.write("own.so", "deskhook_plugin_entry")?;
    for umask in ["000", "077"] {
        let script = format!("umask {umask}; exec \"$0\" plugin pack {ID} own.so");
        let mut shell = home.command("sh");
        shell
            .args(["-c", &script])
            .arg(&harness::artifacts().deskhook);
        done(&run(&mut shell)?)?;
        let folder = home.path().join("dist").join(ID);
        let places = [folder.join("own.so"), folder.join(MANIFEST), folder];
        let mode = |path: &PathBuf| Ok(path.metadata()?.permissions().mode() & 0o777);
        let modes: Result<Vec<u32>> = places.iter().map(mode).collect();
        assert_eq!(modes?, [0o644, 0o644, 0o755], "umask {umask}");
    }
    Ok(())
}

#[test]
fn a_changed_byte_is_no_longer_the_publisher_s() -> Result<()> {
    need!("make");
    let home = Home::new()?;
    let folder = packed(&home)?;
    let shown = folder.display().to_string();
    done(&plugin(&home, &["keygen", "--out", "key"])?)?;
    done(&plugin(&home, &["sign", "--key", "key", &shown])?)?;
    let verify = || plugin(&home, &["verify", "--publisher", "key.pub", &shown]);
    done(&verify()?)?;
    for file in ["libzone.so", MANIFEST] {
        let file = folder.join(file);
        let signed = std::fs::read(&file)?;
        let mut changed = signed.clone();
        // Still a manifest, and still a library: a blank of the one, padding of the other.
        match changed.iter().position(|byte| *byte == b' ') {
            Some(blank) if file.ends_with(MANIFEST) => changed[blank] = b'\t',
            _ => changed[0] ^= 1,
        }
        std::fs::write(&file, changed)?;
        let said = verify()?;
        assert_eq!(said.code, Some(1), "{}: {said:?}", file.display());
        std::fs::write(&file, signed)?;
        done(&verify()?)?;
    }
    Ok(())
}
