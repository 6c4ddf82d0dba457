use std::cell::RefCell;

use deskhook_abi::{INVALID, OK, Sink, Status, TOO_LARGE, Text};

/// Writes `text` into a sink of the plugin.
pub(crate) fn write(sink: *const Sink, text: &str) -> Status {
    // SAFETY: a plugin passes null or a sink that lives during the call.
    let Ok(Sink {
        write: Some(write), ..
    }) = (unsafe { deskhook_abi::read(sink) })
    else {
        return INVALID;
    };
    // SAFETY: the sink's own function, with its own sink and a text that lives during the call.
    unsafe { write(sink, Text::new(text)) }
}

/// A text that a plugin writes in parts.
pub(crate) struct Draft {
    state: RefCell<State>,
    most: usize,
}

#[derive(Default)]
struct State {
    text: String,
    spoilt: Option<&'static str>,
}

impl Draft {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            state: RefCell::default(),
            most,
        }
    }

    /// The sink to pass; it must not outlive this draft.
    pub(crate) fn sink(&self) -> Sink {
        Sink {
            struct_size: size_of::<Sink>() as u32,
            reserved: 0,
            context: std::ptr::from_ref(self).cast_mut().cast(),
            write: Some(append),
        }
    }

    /// What was written, or what is wrong with it.
    pub(crate) fn finish(self) -> Result<String, &'static str> {
        let state = self.state.into_inner();
        state.spoilt.map_or(Ok(state.text), Err)
    }

    fn append(&self, part: Text) -> Status {
        let Ok(mut state) = self.state.try_borrow_mut() else {
            return INVALID;
        };
        // SAFETY: the plugin passes a text that lives during the call.
        let Ok(part) = (unsafe { part.read() }) else {
            state.spoilt = Some("it wrote what is not UTF-8");
            return INVALID;
        };
        let part = part.unwrap_or_default();
        if part.len() > self.most - state.text.len() {
            state.spoilt = Some("it wrote more than an answer may have");
            return TOO_LARGE;
        }
        state.text.push_str(part);
        OK
    }
}

unsafe extern "C" fn append(sink: *const Sink, part: Text) -> Status {
    // SAFETY: a plugin passes null or the sink that it was given.
    let Some(sink) = (unsafe { sink.as_ref() }) else {
        return INVALID;
    };
    // SAFETY: the context of a sink of ours is the draft that made it.
    match unsafe { sink.context.cast::<Draft>().as_ref() } {
        Some(draft) => draft.append(part),
        None => INVALID,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_takes_parts_up_to_its_size() {
        let draft = Draft::new(4);
        let sink = draft.sink();
        assert_eq!(write(&raw const sink, "ab"), OK);
        assert_eq!(write(&raw const sink, "cd"), OK);
        assert_eq!(draft.finish(), Ok("abcd".to_owned()));
    }

    #[test]
    fn what_is_too_long_or_no_text_spoils_the_whole_draft() {
        let draft = Draft::new(4);
        let sink = draft.sink();
        assert_eq!(write(&raw const sink, "abcde"), TOO_LARGE);
        assert!(draft.finish().is_err());
        let draft = Draft::new(4);
        let bytes = [0xFFu8];
        assert_eq!(
            draft.append(Text {
                data: bytes.as_ptr().cast(),
                size: 1
            }),
            INVALID
        );
        assert!(draft.finish().is_err());
    }
}
