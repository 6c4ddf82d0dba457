//! `open`: what a link with our scheme does.

use clap::Args;
use deskhook_wire::Asked;

use crate::agent::runtime;
use crate::output::{Exit, Failure, Outcome, remark, say};
use crate::session;
use crate::settings::Reach;

/// `open`.
#[derive(Args)]
pub(crate) struct Open {
    /// The link: `deskhook:remotesupport`, `deskhook:remotesupport:default`, or the same under
    /// the organisation's own scheme
    url: String,
    #[command(flatten)]
    reach: Reach,
}

/// Does what the command says. A link changes nothing; it asks to start a session, as the menu
/// entry does. Whether its scheme is followed on this device is for the agent to say.
pub(crate) fn run(args: &Open) -> Outcome {
    let Some(scheme) = asking_scheme(&args.url) else {
        return Err(Failure::Usage(anyhow::anyhow!(
            "the link {:?} asks for nothing that is known; deskhook:remotesupport asks to start a session",
            args.url
        )));
    };
    let asked = Asked::Start {
        reason: None,
        ticket: None,
        client: None,
    };
    let answer = runtime(1)?.block_on(session::take(&args.reach, asked, Some(scheme)))?;
    if answer.taken {
        say("session asked for");
        return Ok(Exit::Done);
    }
    remark(
        answer
            .message
            .unwrap_or_else(|| "the agent said no".to_owned()),
    );
    Ok(Exit::No)
}

/// The scheme of a link whose rest is exactly the one thing that a link can ask.
fn asking_scheme(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once(':')?;
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let rest = rest
        .trim_start_matches("//")
        .trim_end_matches(['/', ':'])
        .to_ascii_lowercase();
    let known = matches!(
        rest.as_str(),
        "remotesupport" | "remotesupport:default" | "remotesupport/default"
    );
    (named && known).then(|| scheme.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_asks_for_a_session_and_nothing_else() {
        for good in [
            "deskhook:remotesupport",
            "deskhook:remotesupport:",
            "Acme:remotesupport:default",
            "deskhook://remotesupport/",
        ] {
            assert!(asking_scheme(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "remotesupport",
            "deskhook:",
            "deskhook:stop",
            "deskhook:remotesupport?x=1",
            "1a:remotesupport",
            "deskhook:remotesupport:--x",
        ] {
            assert_eq!(asking_scheme(bad), None, "{bad}");
        }
    }
}
