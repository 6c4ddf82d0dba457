//! Ways to hosts that answer nothing, grant nothing, or have an answer of each kind.

use std::sync::mpsc;

use deskhook_hooks::{HostError, HostPort, HostQuestion};

/// A host that answers nobody.
pub(super) fn unanswered() -> HostPort {
    HostPort::through(|_, _| Err(HostError::NoAnswer))
}

/// A host that grants nothing.
pub(super) fn refusing() -> HostPort {
    HostPort::through(|call, _| {
        Err(HostError::NotGranted {
            capability: call.capability().unwrap_or_default(),
        })
    })
}

/// A host that has an answer of each kind.
pub(super) fn answering() -> HostPort {
    let (questions, inbox) = mpsc::channel::<HostQuestion>();
    let _thread = std::thread::Builder::new().spawn(move || {
        for question in inbox {
            let reply = Ok(super::inputs::answer(&question.call));
            let _ = question.reply.send(reply);
        }
    });
    HostPort::new("validate", questions)
}
