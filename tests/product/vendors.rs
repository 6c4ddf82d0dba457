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
    assert!(files.len() > 5, "the SDK comes with it: {told:#}");
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
    home.write("binary", b"\x7fELF\xff")?;
    for (arguments, why) in [
        ([ID, "no.so"], "help: build it first"),
        ([ID, "text.so"], "exports no deskhook_plugin_entry"),
        (["no.json", "own.so"], "there is no file no.json"),
        (
            ["no.json", "own.so"],
            "help: the first path is the manifest",
        ),
        (["none.json", "own.so"], "none.json:2:7: \"id\" is a number"),
        (
            ["binary", "own.so"],
            "help: the manifest, deskhook-plugin.json, comes",
        ),
        ([".", "own.so"], "there is no file ./deskhook-plugin.json"),
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

/// A plugin that is packed, whose library is none that could run.
fn packed_text(home: &Home) -> Result<String> {
    done(&plugin(home, &["new", ID, "--lang", "c"])?)?;
    let library = format!("\u{7f}ELF deskhook_plugin_entry {ID} 0.1.0");
    home.write("own.so", library)?;
    done(&plugin(home, &["pack", ID, "own.so"])?)?;
    done(&plugin(home, &["keygen", "--out", "key"])?)?;
    Ok(format!("dist/{ID}"))
}

#[test]
fn a_path_that_is_no_packed_plugin_says_what_is_wanted() -> Result<()> {
    let home = Home::new()?;
    let folder = packed_text(&home)?;
    home.write("lua/deskhook.json", "{}")?;
    let stray = format!("{folder}/notes.txt");
    home.write(&stray, "mine")?;
    for (path, why) in [
        (
            "nowhere",
            "there is no nowhere: a plugin's folder is wanted",
        ),
        (
            "dist",
            "help: there are plugins in it; name one, as dist/org",
        ),
        (
            "lua",
            "help: this is a Lua package: `deskhook script check`",
        ),
        (ID, "no library yet: `deskhook plugin pack`"),
        (&*stray, "is no part of the plugin org.example.zone"),
    ] {
        for command in [
            &["inspect", "--json"][..],
            &["sign", "--key", "key", "--json"],
            &["verify", "--publisher", "key.pub", "--json"],
        ] {
            let said = plugin(&home, &[command, &[path]].concat())?;
            assert_eq!((said.code, &*said.stdout), (Some(3), ""), "{said:?}");
            assert!(said.stderr.contains(why), "{said:?}");
        }
    }
    Ok(())
}

#[test]
fn a_signature_that_is_missing_or_none_is_a_no_that_says_why() -> Result<()> {
    let home = Home::new()?;
    let folder = packed_text(&home)?;
    let verify = || plugin(&home, &["verify", "--publisher", "key.pub", &folder]);
    let said = verify()?;
    assert_eq!(said.code, Some(1), "{said:?}");
    let is_told = said.stdout.contains("it is not signed: there is no ");
    let help = format!("help: deskhook plugin sign --key FILE {folder}");
    assert!(is_told && said.stderr.contains(&help), "{said:?}");
    done(&plugin(&home, &["sign", "--key", "key", &folder])?)?;
    done(&verify()?)?;
    let file = format!("{folder}/own.so.minisig");
    let long = "x".repeat(10 << 20);
    for (text, why) in [
        ("", "it is empty"),
        ("untrusted comment: x\n", "not all of its four lines"),
        (&*long, "is larger than 4 KiB"),
    ] {
        home.write(&file, text)?;
        let said = verify()?;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.stdout.contains(why), "{said:?}");
    }
    Ok(())
}

#[test]
fn a_key_that_is_none_says_which_one_is_wanted() -> Result<()> {
    let home = Home::new()?;
    let folder = packed_text(&home)?;
    for (key, why) in [
        ("nowhere.pub", "and there is no such file"),
        ("key", "this is a secret key"),
        ("own.so", "a publisher's key is one line of 56 characters"),
    ] {
        let said = plugin(&home, &["verify", "--publisher", key, &folder])?;
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.stderr.contains(why), "{said:?}");
    }
    for key in ["nowhere", "key.pub"] {
        let said = plugin(&home, &["sign", "--key", key, &folder])?;
        assert_eq!(said.code, Some(3), "{said:?}");
        let help = "`deskhook plugin keygen --out FILE` or `minisign -G` wrote";
        assert!(said.stderr.contains(help), "{said:?}");
    }
    Ok(())
}

#[test]
fn what_a_vendor_may_not_have_meant_is_noted() -> Result<()> {
    let home = Home::new()?;
    packed_text(&home)?;
    let path = format!("{ID}/{MANIFEST}");
    let text = std::fs::read_to_string(home.path().join(&path))?;
    let slip = text.replace("\"capabilities\"", "\"capability\"");
    let slip = slip.replace("0.1.0", "0.2.0").replace("{least}", "{last}");
    home.write(&path, slip.replacen("{last}", "{least}", 1))?;
    let said = plugin(&home, &["pack", ID, "own.so"])?;
    done(&said)?;
    for note in [
        "note: org.example.zone/deskhook-plugin.json:6:3: \"capability\" is no field of a manifest; did you mean \"capabilities\"?",
        "no other language of this text has {last}; did you mean {least}",
        "the manifest's version is \"0.2.0\", which the library has nowhere in it",
    ] {
        assert!(said.stderr.contains(note), "{said:?}");
    }
    let folder = format!("dist/{ID}");
    let said = plugin(&home, &["inspect", &folder, "--json"])?;
    let told: Value = serde_json::from_str(&said.stdout)?;
    assert_eq!(told["notes"].as_array().map(Vec::len), Some(4), "{told:#}");
    assert_eq!(told["signed"], false, "{told:#}");
    Ok(())
}

#[test]
fn a_text_that_the_manifest_lacks_is_noted() -> Result<()> {
    need!("make");
    let home = Home::new()?;
    done(&plugin(&home, &["new", ID, "--lang", "c"])?)?;
    let manifest = home.path().join(ID).join(MANIFEST);
    let text = std::fs::read_to_string(&manifest)?;
    std::fs::write(
        &manifest,
        text.replace("reason-too-short", "reason-to-short"),
    )?;
    done(&run(home.command("make").args(["-C", ID]))?)?;
    done(&plugin(&home, &["pack", ID, &format!("{ID}/libzone.so")])?)?;
    let said = plugin(&home, &["validate", &format!("dist/{ID}")])?;
    done(&said)?;
    let note = "it asks for the text \"reason-too-short\", which its manifest does not have";
    assert!(said.stdout.contains(note), "{said:?}");
    Ok(())
}
