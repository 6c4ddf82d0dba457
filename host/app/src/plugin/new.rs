//! `plugin new`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use deskhook_native::{Language, SDK_FOLDER, ScaffoldError, Sdk, scaffold};

use crate::output::{Exit, Failure, Outcome, json, remark, say};

/// `plugin new`.
#[derive(Args)]
pub(crate) struct New {
    /// Its id, which begins with your domain: org.example.zone. Its folder is called so
    #[arg(value_name = "NAME")]
    id: String,
    /// What to write it in
    #[arg(long, value_enum)]
    lang: Lang,
    /// The folder to make it in
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// For Rust: depend on the SDK in this folder, plugins/sdk of Deskhook's source tree. Else this
    /// program's own comes with the plugin
    #[arg(long, value_name = "PATH")]
    sdk: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What a plugin is written in.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    /// Rust, with the SDK
    Rust,
    /// C11, with the header alone
    C,
}

/// Does what the command says.
pub(super) fn run(args: &New) -> Outcome {
    let language = language(args)?;
    let files = scaffold(&args.id, &language, &args.dir).map_err(|error| match error {
        ScaffoldError::Name { .. } => Failure::Usage(error.into()),
        ScaffoldError::Exists(_) => {
            let help = "nothing is written over: name another id, or another folder by --dir";
            Failure::Help(error.into(), help.to_owned())
        }
        error => Failure::Could(error.into()),
    })?;
    let folder = args.dir.join(&args.id);
    if args.json {
        let sdk = match &language {
            Language::Rust(Some(sdk)) => Some(sdk.folder().to_owned()),
            Language::Rust(None) => Some(folder.join(SDK_FOLDER).join("sdk")),
            Language::C => None,
        };
        json(&serde_json::json!({
            "id": args.id,
            "folder": folder,
            "files": files,
            "sdk": sdk,
        }))?;
    } else {
        let own = folder.join(SDK_FOLDER);
        for file in files.iter().filter(|file| !file.starts_with(&own)) {
            remark(format!("  {}", file.display()));
        }
        match &language {
            Language::Rust(Some(sdk)) => {
                remark(format!("  the SDK is {}", sdk.folder().display()));
            }
            Language::Rust(None) => {
                remark(format!("  the SDK came with it, into {}", own.display()));
            }
            Language::C => {}
        }
        say(format!("made {}; {}", args.id, next(&language, &folder)));
    }
    Ok(Exit::Done)
}

fn next(language: &Language, folder: &Path) -> String {
    let folder = folder.display();
    match language {
        Language::C => format!("test it with: make -C {folder} test"),
        Language::Rust(_) => {
            format!("test it with: cargo test --manifest-path {folder}/Cargo.toml")
        }
    }
}

fn language(args: &New) -> Result<Language, Failure> {
    let named = match (&args.sdk, args.lang) {
        (Some(_), Lang::C) => {
            let error = anyhow::anyhow!("--sdk is for --lang rust: C needs the header alone");
            return Err(Failure::Usage(error));
        }
        (None, Lang::C) => return Ok(Language::C),
        (named, Lang::Rust) => named,
    };
    let Some(named) = named else {
        return Ok(Language::Rust(None));
    };
    match Sdk::at(named) {
        Some(sdk) => Ok(Language::Rust(Some(sdk))),
        None => Err(Failure::Usage(anyhow::anyhow!(
            "--sdk {} is not the SDK: it is the folder with the Cargo.toml of deskhook-sdk, plugins/sdk of Deskhook's source tree",
            named.display()
        ))),
    }
}
