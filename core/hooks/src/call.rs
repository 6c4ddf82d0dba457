use schemars::SchemaGenerator;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AddressRead, AddressReport, AddressReported, ClientExited, ClientLaunch, ClientLocate,
    ConsentPrompt, Device, ElevationFinished, ElevationRequest, Empty, Hook, MenuClick, Person,
    PolicyChanged, SessionEnded, SessionJoin, SessionRequest, SessionStarted, Timer, TrayMenu,
    UnknownHook,
};

/// What every hook is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Context {
    /// RFC 3339 with the local offset.
    pub now: String,
    /// The device.
    pub device: Device,
    /// The person.
    pub person: Person,
    /// The effective policy's short name.
    pub policy_version: String,
}

impl Context {
    /// The JSON Schema of what every hook is given.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Self)
    }
}

/// One call of one hook: what an extension is given. Serialises to the flat object that the
/// contract names: `hook`, `now`, `device`, `person`, `policy_version` and the hook's own fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// Which hook.
    pub hook: Hook,
    /// What every hook is given.
    #[serde(flatten)]
    pub context: Context,
    /// What this hook is given.
    #[serde(flatten)]
    pub body: Body,
}

/// Why a document is not a hook's input.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The document names no hook, or one that is not there.
    #[error("the input names no known hook")]
    Hook(#[source] UnknownHook),
    /// A field does not have the hook's type.
    #[error("the input does not fit the hook {hook}")]
    Field {
        /// Which hook.
        hook: Hook,
        /// What does not fit.
        #[source]
        source: serde_json::Error,
    },
}

macro_rules! bodies {
    ($($variant:ident($input:ident) for $($hook:ident)|+),+ $(,)?) => {
        /// What a hook is given besides the [`Context`].
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Body {
            $(#[doc = concat!("See [`", stringify!($input), "`].")] $variant($input)),+
        }

        impl Body {
            fn read(hook: Hook, value: Value) -> Result<Self, serde_json::Error> {
                match hook {
                    $($(Hook::$hook)|+ => serde_json::from_value::<$input>(value).map(Self::$variant)),+
                }
            }

            /// Reads what `hook` is given besides the context, as it goes over a pipe. Fields that are
            /// missing are empty, unknown ones are ignored.
            pub fn deserialize<'de, D>(hook: Hook, from: D) -> Result<Self, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                match hook {
                    $($(Hook::$hook)|+ => $input::deserialize(from).map(Self::$variant)),+
                }
            }

            /// The schema of what `hook` is given besides the context, made by `generator`.
            pub(crate) fn shape(hook: Hook, generator: &mut SchemaGenerator) -> schemars::Schema {
                match hook {
                    $($(Hook::$hook)|+ => generator.root_schema_for::<$input>()),+
                }
            }

            /// The JSON Schema of what `hook` is given besides the context.
            pub fn schema(hook: Hook) -> schemars::Schema {
                match hook {
                    $($(Hook::$hook)|+ => schemars::schema_for!($input)),+
                }
            }
        }

        $(impl From<$input> for Body {
            fn from(input: $input) -> Self {
                Self::$variant(input)
            }
        })+
    };
}

bodies! {
    SessionRequest(SessionRequest) for SessionRequest,
    SessionJoin(SessionJoin) for SessionJoin,
    ElevationRequest(ElevationRequest) for ElevationRequest,
    TrayMenu(TrayMenu) for TrayMenu,
    MenuClick(MenuClick) for MenuClick,
    ConsentPrompt(ConsentPrompt) for ConsentPrompt,
    ClientLocate(ClientLocate) for ClientLocate,
    AddressRead(AddressRead) for AddressRead,
    ClientLaunch(ClientLaunch) for ClientLaunch,
    AddressReport(AddressReport) for AddressReport,
    AddressReported(AddressReported) for AddressReported,
    ClientExited(ClientExited) for ClientExited,
    SessionStarted(SessionStarted) for SessionStarted,
    SessionEnded(SessionEnded) for SessionEnded,
    ElevationFinished(ElevationFinished) for ElevationFinished,
    PolicyChanged(PolicyChanged) for PolicyChanged,
    Timer(Timer) for Timer,
    Empty(Empty) for AgentStarted | AgentStopping | StateCollect,
}

impl Call {
    /// A call of `hook` with what it is given.
    pub fn new(hook: Hook, context: Context, body: impl Into<Body>) -> Self {
        Self {
            hook,
            context,
            body: body.into(),
        }
    }

    /// Reads the flat object of the contract; `hook` says which hook where the object does not.
    /// Fields that are missing are empty, so that a test need only say what it is about.
    pub fn read(hook: Option<Hook>, input: Value) -> Result<Self, CallError> {
        let named = input.get("hook").and_then(Value::as_str);
        let hook = match (hook, named) {
            (Some(hook), _) => hook,
            (None, name) => Hook::parse(name.unwrap_or_default()).map_err(CallError::Hook)?,
        };
        let field = |source| CallError::Field { hook, source };
        let context = serde_json::from_value(input.clone()).map_err(field)?;
        let body = Body::read(hook, input).map_err(field)?;
        Ok(Self {
            hook,
            context,
            body,
        })
    }

    /// The flat object of the contract.
    pub fn input(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_is_one_flat_object_and_reads_back() {
        let body = SessionRequest {
            reason: Some("printer".into()),
            origin: "person".into(),
            ..SessionRequest::default()
        };
        let call = Call::new(Hook::SessionRequest, Context::default(), body);
        let input = call.input();
        assert_eq!(input["hook"], "session.request");
        assert_eq!(input["reason"], "printer");
        assert_eq!(input["device"]["name"], "");
        assert_eq!(Call::read(None, input).unwrap(), call);
    }

    #[test]
    fn every_hook_reads_an_empty_input() {
        for hook in Hook::ALL {
            Call::read(Some(hook), serde_json::json!({})).unwrap_or_else(|e| panic!("{hook}: {e}"));
        }
    }
}
