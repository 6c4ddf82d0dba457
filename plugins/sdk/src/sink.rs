use std::cell::RefCell;

use deskhook_abi::{INVALID, OK, Sink, Status, Text};

/// Writes `text` into a sink of the host, if there is one.
pub(crate) fn write(sink: *const Sink, text: &str) -> Status {
    // SAFETY: the host passes null or a sink that lives during the call.
    let Ok(Sink {
        write: Some(write), ..
    }) = (unsafe { deskhook_abi::read(sink) })
    else {
        return INVALID;
    };
    // SAFETY: the sink's own function, with its own sink and a text that lives during the call.
    unsafe { write(sink, Text::new(text)) }
}

/// A text that the host writes in parts.
#[derive(Default)]
pub(crate) struct Draft(RefCell<String>);

impl Draft {
    /// The sink to pass; it must not outlive this draft.
    pub(crate) fn sink(&self) -> Sink {
        Sink {
            struct_size: size_of::<Sink>() as u32,
            reserved: 0,
            context: std::ptr::from_ref(self).cast_mut().cast(),
            write: Some(append),
        }
    }

    pub(crate) fn finish(self) -> String {
        self.0.into_inner()
    }
}

unsafe extern "C" fn append(sink: *const Sink, part: Text) -> Status {
    // SAFETY: the host passes null or the sink that it was given.
    let Some(sink) = (unsafe { sink.as_ref() }) else {
        return INVALID;
    };
    // SAFETY: the context of a sink of ours is the draft that made it.
    let draft = unsafe { sink.context.cast::<Draft>().as_ref() };
    // SAFETY: the host passes a text that lives during the call.
    match (draft, unsafe { part.read() }) {
        (Some(draft), Ok(part)) => {
            draft.0.borrow_mut().push_str(part.unwrap_or_default());
            OK
        }
        _ => INVALID,
    }
}
