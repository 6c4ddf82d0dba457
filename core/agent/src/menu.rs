use std::sync::Arc;

use deskhook_hooks::{
    Answer, Call, Folded, Hook, Menu, Provenance, SessionState, Timing, TrayMenu,
};
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
    pub(crate) async fn make(&self, snapshot: Arc<Snapshot>, language: Language) -> Folded<Menu> {
        let base = (self.builder)(&snapshot, &language);
        let chain = self.chains.current();
        let unpatched = Folded {
            state: base.clone(),
            provenance: Provenance::default(),
        };
        if chain.listeners(Hook::TrayMenu).is_empty() {
            return unpatched;
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
        let Ok(folded) = folded.await else {
            return unpatched;
        };
        self.chains.remember(Hook::TrayMenu, &folded.provenance);
        folded
    }

    /// What the last run of a hook of kind `transform` or `provide` came from.
    pub(crate) fn provenance(&self, hook: Hook) -> Option<Provenance> {
        self.chains.provenance(hook)
    }
}
