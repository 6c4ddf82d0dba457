//! A plugin that misbehaves on request, for tests: the reason of a `session.request` says how.

use deskhook_sdk::{
    Failure, Fields, Hook, Host, Json, Level, Plugin, Request, SessionRequest, Verdict,
    export_plugin,
};

struct Unruly {
    calls: u64,
}

impl Plugin for Unruly {
    const ID: &'static str = "org.deskhook.unruly";
    const VERSION: &'static str = "1.0.0";
    const HOOKS: &'static [Hook] = &[
        Hook::SessionRequest,
        Hook::TrayMenu,
        Hook::StateCollect,
        Hook::ClientLocate,
        Hook::MenuClick,
    ];

    fn new(host: Host) -> Result<Self, Failure> {
        host.log(Level::Info, "made");
        Ok(Self { calls: 0 })
    }

    fn session_request(
        &mut self,
        asked: &SessionRequest<'_>,
        host: Host,
    ) -> Result<Verdict, Failure> {
        self.calls += 1;
        match asked.reason.unwrap_or_default() {
            "panic" => panic!("unruly as asked"),
            "fail" => Err(Failure::new("could not tell")),
            "count" => Ok(Verdict::deny("count", self.calls.to_string())),
            "ask" => Ok(Verdict::ask(
                asked.context.device.groups.join("+"),
                asked.context.person.display_name,
            )),
            "policy" => {
                let value = host
                    .policy("Unruly.Word")?
                    .and_then(|value| value.as_string());
                Ok(Verdict::deny(
                    "policy",
                    value.unwrap_or_else(|| "silent".to_owned()),
                ))
            }
            "store" => {
                let before = host
                    .kept("n")?
                    .and_then(|value| value.as_u64())
                    .unwrap_or_default();
                host.keep("n", &Json::new((before + 1).to_string()))?;
                Ok(Verdict::deny("store", before.to_string()))
            }
            "request" => {
                host.request(&Request::RefreshTray)?;
                Ok(Verdict::Allow)
            }
            "wait" => {
                while !host.is_cancelled() {
                    std::thread::yield_now();
                }
                Ok(Verdict::Allow)
            }
            _ => Ok(Verdict::Abstain),
        }
    }

    fn tray_menu(&mut self, input: &str, _: Host) -> Result<Option<Json>, Failure> {
        assert!(!input.contains("panic"), "unruly as asked");
        Ok(Some(Json::new(r#"{"tooltip": "unruly", "stranger": 1}"#)))
    }

    fn state_collect(&mut self, _: &str, _: Host) -> Result<Option<Fields>, Failure> {
        Ok(Some(
            Fields::new()
                .text("mood", "\"unruly\"")
                .number("calls", 0)
                .flag("tame", false),
        ))
    }

    fn client_locate(&mut self, _: &str, _: Host) -> Result<Option<String>, Failure> {
        Ok(Some("/opt/unruly \"client\"".to_owned()))
    }

    fn menu_click(&mut self, _: &str, _: Host) -> Result<Vec<Request>, Failure> {
        Ok(vec![
            Request::Notify {
                title: String::new(),
                message: "hi".to_owned(),
            },
            Request::StopSession,
        ])
    }
}

export_plugin!(Unruly);
