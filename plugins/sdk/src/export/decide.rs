use std::ffi::c_void;

use deskhook_abi::{
    self as abi, ElevationRequestHook, Instance, Named, OK, SessionJoinHook, SessionRequestHook,
    Sink, Status, VerdictSink,
};

use super::{run, views};
use crate::{Failure, Host, Plugin, Verdict};

/// A hook that decides: the plugin's side of it, and the function behind that.
macro_rules! decide {
    ($($side:ident, $function:ident: $hook:ident asks $input:ident by $method:ident;)+) => {
        $(
            pub(super) fn $side<P: Plugin>() -> *const c_void {
                let side = const {
                    &$hook {
                        struct_size: size_of::<$hook>() as u32,
                        reserved: 0,
                        decide: Some($function::<P>),
                    }
                };
                std::ptr::from_ref(side).cast()
            }

            unsafe extern "C" fn $function<P: Plugin>(
                instance: *const Instance,
                input: *const abi::$input,
                answer: *const VerdictSink,
                error: *const Sink,
            ) -> Status {
                run::<P>(instance, error, |plugin, host: Host| {
                    let asked = views::$method(input)?;
                    give(answer, &plugin.$method(&asked, host)?)
                })
            }
        )+
    };
}

decide! {
    session_request, decide_session_request: SessionRequestHook asks SessionRequest by session_request;
    session_join, decide_session_join: SessionJoinHook asks SessionJoin by session_join;
    elevation_request, decide_elevation_request: ElevationRequestHook asks ElevationRequest by elevation_request;
}

fn give(answer: *const VerdictSink, verdict: &Verdict) -> Result<(), Failure> {
    let give = views::taken(answer)?.give;
    let give = give.ok_or_else(|| Failure::new("the host takes no verdict"))?;
    let view = verdict.view();
    // SAFETY: the sink's own function, with its own sink and a verdict that lives during the call.
    match unsafe { give(answer, &raw const view) } {
        OK => Ok(()),
        status => Err(Failure::new(format!(
            "the host did not take the verdict: {}",
            Named(status)
        ))),
    }
}
