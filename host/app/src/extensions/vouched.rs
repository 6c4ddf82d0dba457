//! A plugin that runs, and on whose word: what it is by today's policy.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use deskhook_hooks::{About, Answer, Call, Extension, Fault, Grants, HostPort, Limit, Standing};
use deskhook_policy::{Extensions, Isolation};

/// A plugin with the terms on which it was loaded.
pub(super) struct Vouched {
    about: About,
    word: Word,
    remark: Option<String>,
    plugin: Mutex<Option<Arc<dyn Extension>>>,
}

/// On whose word a plugin was loaded, and what the system lets it do by itself since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its publisher, by name.
    publisher: String,
    /// The key under which policy knew the publisher; none where it did not.
    key: Option<String>,
    /// Whether policy named its library.
    pinned: bool,
    /// What the system lets it do by itself.
    held: Vec<String>,
    /// Where it runs.
    place: Isolation,
}

impl Word {
    /// The word of that policy for a plugin of that publisher.
    pub(super) fn of(
        policy: &Extensions,
        (publisher, about): (&str, &About),
        place: Isolation,
    ) -> Self {
        let today = policy.of(&about.name);
        let grants = Grants::new(&about.capabilities, &today.capabilities);
        let held = grants.both().into_iter().filter(|it| is_held(it));
        Self {
            publisher: publisher.to_owned(),
            key: key(policy, publisher).map(str::to_owned),
            pinned: names(policy, about),
            held: held.map(str::to_owned).collect(),
            place,
        }
    }

    fn standing(&self, policy: &Extensions, about: &About) -> Standing {
        let is_named = names(policy, about);
        let is_known = self.key.is_some() && self.key.as_deref() == key(policy, &self.publisher);
        if !is_named && !is_known {
            return Standing::Untrusted;
        }
        let today = policy.of(&about.name);
        let grants = Grants::new(&about.capabilities, &today.capabilities);
        // A version that ran by its name alone may be an older one, which no publisher's word lets in.
        let is_as_loaded = (is_named || !self.pinned)
            && self.held.iter().all(|it| grants.allows(it))
            && (self.place == Isolation::Child
                || policy.isolation == Isolation::InProcess && is_named && is_known);
        match is_as_loaded {
            true => Standing::Holds,
            false => Standing::TooWide,
        }
    }
}

/// The key under which policy knows a publisher.
fn key<'a>(policy: &'a Extensions, publisher: &str) -> Option<&'a str> {
    let mut known = policy.publishers.iter();
    let known = known.find(|(name, _)| name.eq_ignore_ascii_case(publisher));
    known.map(|(_, key)| key.as_str())
}

/// Whether policy names its library.
fn names(policy: &Extensions, about: &About) -> bool {
    let pin = policy.of(&about.name).sha256;
    pin.is_some_and(|pin| pin.eq_ignore_ascii_case(&about.sha256))
}

/// Whether the system holds a child to it, once and for all. For anything else a plugin asks the agent,
/// which looks at the grant each time.
fn is_held(capability: &str) -> bool {
    ["fs.read:", "env:", "net:"]
        .iter()
        .any(|kind| capability.starts_with(kind))
}

impl Vouched {
    pub(super) fn new(plugin: Arc<dyn Extension>, word: Word, remark: Option<String>) -> Self {
        Self {
            about: plugin.about().clone(),
            word,
            remark,
            plugin: Mutex::new(Some(plugin)),
        }
    }

    fn is_over(&self) -> bool {
        self.plugin().is_none()
    }

    fn plugin(&self) -> std::sync::MutexGuard<'_, Option<Arc<dyn Extension>>> {
        self.plugin.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ended() -> Fault {
    Fault::Away {
        message: "the policy no longer lets it run".to_owned(),
    }
}

impl Extension for Vouched {
    fn about(&self) -> &About {
        &self.about
    }

    fn call(&self, call: &Call, limit: Limit, host: &HostPort) -> Result<Answer, Fault> {
        // Not locked while it is called: it can be ended meanwhile.
        let plugin = self.plugin().clone();
        match plugin {
            Some(plugin) => {
                let answer = plugin.call(call, limit, host);
                // What it says while it is ended is nobody's word any more.
                match self.is_over() {
                    true => Err(ended()),
                    false => answer,
                }
            }
            None => Err(ended()),
        }
    }

    fn standing(&self, policy: &Extensions) -> Standing {
        match self.is_over() {
            true => Standing::Untrusted,
            false => self.word.standing(policy, &self.about),
        }
    }

    fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    fn end(&self) {
        let Some(plugin) = self.plugin().take() else {
            return;
        };
        // A child has a moment to end in order, for which whoever has no use for it does not wait. Where
        // there is no thread to be had, it is waited for after all.
        let name = format!("end {}", self.about.name);
        let ending = Ending::begin();
        let _ = std::thread::Builder::new().name(name).spawn(|| {
            drop(plugin);
            drop(ending);
        });
    }
}

/// How many plugins are being ended.
static ENDINGS: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// A plugin that is being ended.
struct Ending;

impl Ending {
    fn begin() -> Self {
        *endings() += 1;
        Self
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        *endings() -= 1;
        ENDINGS.1.notify_all();
    }
}

fn endings() -> std::sync::MutexGuard<'static, usize> {
    ENDINGS.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the plugins that are being ended, at most so long.
pub(super) fn settle(patience: Duration) {
    let waiting = |endings: &mut usize| *endings > 0;
    let waited = ENDINGS.1.wait_timeout_while(endings(), patience, waiting);
    drop(waited.unwrap_or_else(PoisonError::into_inner));
}

impl Drop for Vouched {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use deskhook_hooks::ExtensionKind;
    use deskhook_policy::ExtensionPolicy;

    use super::*;

    struct Silent(About);

    impl Extension for Silent {
        fn about(&self) -> &About {
            &self.0
        }

        fn call(&self, _: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
            Ok(Answer::Nothing)
        }
    }

    fn about() -> About {
        About {
            name: "org.example.zone".to_owned(),
            version: "1.0.0".to_owned(),
            kind: ExtensionKind::Plugin,
            hooks: vec![],
            capabilities: ["fs.read:/a/", "policy:Zone", "net:*"]
                .map(str::to_owned)
                .to_vec(),
            timer_seconds: None,
            sha256: "AB".to_owned(),
        }
    }

    /// A policy with that key of the publisher, that pin, and these grants.
    fn policy(key: Option<&str>, pin: Option<&str>, granted: &[&str]) -> Extensions {
        let package = ExtensionPolicy {
            sha256: pin.map(str::to_owned),
            capabilities: granted.iter().map(|it| (*it).to_owned()).collect(),
            ..ExtensionPolicy::default()
        };
        Extensions {
            packages: BTreeMap::from([("org.example.Zone".to_owned(), package)]),
            publishers: key
                .map(|key| ("example".to_owned(), key.to_owned()))
                .into_iter()
                .collect(),
            isolation: Isolation::Child,
        }
    }

    fn standing(before: &Extensions, today: &Extensions) -> Standing {
        let word = Word::of(before, ("Example", &about()), Isolation::Child);
        Vouched::new(Arc::new(Silent(about())), word, None).standing(today)
    }

    #[test]
    fn whom_policy_trusts_no_more_is_untrusted_whatever_its_files_are() {
        let trusted = policy(Some("RW1"), None, &[]);
        assert_eq!(standing(&trusted, &trusted), Standing::Holds);
        for key in [None, Some("RW2")] {
            let today = policy(key, None, &[]);
            assert_eq!(standing(&trusted, &today), Standing::Untrusted, "{key:?}");
            let pinned = policy(key, Some("ab"), &[]);
            assert_eq!(standing(&trusted, &pinned), Standing::Holds, "{key:?}");
        }
        let pinned = policy(None, Some("ab"), &[]);
        let other = policy(None, Some("cd"), &[]);
        assert_eq!(standing(&pinned, &other), Standing::Untrusted);
        // Its publisher's word is judged with its version, by loading it anew.
        assert_eq!(standing(&pinned, &trusted), Standing::Untrusted);
        let both = policy(Some("RW1"), Some("ab"), &[]);
        assert_eq!(standing(&both, &trusted), Standing::TooWide);
    }

    #[test]
    fn what_the_system_lets_it_do_may_become_more_and_not_less() {
        let wide = policy(
            Some("RW1"),
            None,
            &["fs.read:/a/", "policy:Zone", "net:*:443"],
        );
        let narrow = |granted: &[&str]| standing(&wide, &policy(Some("RW1"), None, granted));
        assert_eq!(narrow(&["fs.read:/", "net:*"]), Standing::Holds);
        assert_eq!(narrow(&["fs.read:/a/b/", "net:*"]), Standing::TooWide);
        assert_eq!(narrow(&["fs.read:/a/"]), Standing::TooWide);
        assert_eq!(narrow(&["fs.read:/a/", "net:*:80"]), Standing::TooWide);
    }

    #[test]
    fn in_the_agent_it_stays_only_while_policy_names_it_twice() {
        let mut both = policy(Some("RW1"), Some("ab"), &[]);
        both.isolation = Isolation::InProcess;
        let word = Word::of(&both, ("example", &about()), Isolation::InProcess);
        assert_eq!(word.standing(&both, &about()), Standing::Holds);
        let child = policy(Some("RW1"), Some("ab"), &[]);
        assert_eq!(word.standing(&child, &about()), Standing::TooWide);
    }

    #[test]
    fn one_that_was_ended_is_away_for_whoever_still_has_it() {
        let trusted = policy(Some("RW1"), None, &[]);
        let word = Word::of(&trusted, ("example", &about()), Isolation::Child);
        let plugin: Arc<dyn Extension> = Arc::new(Silent(about()));
        let alive = Arc::downgrade(&plugin);
        let vouched = Vouched::new(plugin, word, None);
        vouched.end();
        while alive.upgrade().is_some() {
            std::thread::yield_now();
        }
        let call = Call::read(Some(deskhook_hooks::Hook::Timer), serde_json::json!({}));
        let host = HostPort::through(|_, _| Err(deskhook_hooks::HostError::NoAnswer));
        let limit = Limit::of(deskhook_hooks::Hook::Timer, 0);
        let answer = vouched.call(&call.unwrap(), limit, &host);
        assert!(matches!(answer, Err(Fault::Away { .. })), "{answer:?}");
        // Trust that comes back brings nothing back but by loading it anew.
        assert_eq!(vouched.standing(&trusted), Standing::Untrusted);
    }
}
