use std::sync::Arc;

use deskhook_hooks::{Answer, Call, Hook, Menu, SessionState, Timing, TrayMenu};
use deskhook_policy::Language;

use crate::chains::Chains;
use crate::{MenuBuilder, Snapshot};

/// Makes menus: the builder's, then the `tray.menu` hooks over it.
#[derive(Clone)]
pub(crate) struct MenuMaker {
    builder: MenuBuilder,
    chains: Chains,
}

impl MenuMaker {
    pub(crate) fn new(builder: MenuBuilder, chains: Chains) -> Self {
        Self { builder, chains }
    }

    /// How the calls of a hook went in the current generation.
    pub(crate) fn timings(&self, hook: Hook) -> Vec<(String, Timing)> {
        self.chains.current().timings(hook)
    }

    /// The menu after the hooks; a hook that fails leaves what the others made.
    pub(crate) async fn make(&self, snapshot: Arc<Snapshot>, language: Language) -> Menu {
        let base = (self.builder)(&snapshot, &language);
        let chain = self.chains.current();
        if chain.listeners(Hook::TrayMenu).is_empty() {
            return base;
        }
        let mut context = self.chains.context();
        context.person.language = language.as_str().to_owned();
        let session = SessionState {
            phase: snapshot.view.phase.word().to_owned(),
            address: snapshot.view.address.as_ref().map(ToString::to_string),
            supporter: snapshot
                .view
                .supporter
                .as_ref()
                .map(crate::chains::supporter_input),
        };
        let unpatched = base.clone();
        let folded = tokio::task::spawn_blocking(move || {
            let call = |menu: &Menu| {
                let body = TrayMenu {
                    menu: menu.clone(),
                    session: session.clone(),
                };
                Call::new(Hook::TrayMenu, context.clone(), body)
            };
            chain.fold(base, call, |menu, answer| match answer {
                Answer::Menu(patch) => menu.patched(patch).map_err(|error| error.to_string()),
                _ => Err("the answer is no menu patch".to_owned()),
            })
        });
        match folded.await {
            Ok(folded) => {
                for (package, why) in folded.dropped {
                    tracing::warn!(package, why, "a menu patch was dropped");
                }
                folded.state
            }
            Err(_) => unpatched,
        }
    }
}
