use super::{executable, texts};
use crate::{AddressSource, ClientSpec, Launch, LinkForm, Stop};

/// Where a VNC server listens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VncListen {
    /// On the loopback of both families alone: for a supporter who comes by a tunnel.
    #[default]
    Loopback,
    /// On every address of the machine.
    Network,
}

const ADDRESS: &str = "vnc://{host}:{port}";

impl ClientSpec {
    /// x11vnc, over the person's own X display: `-rfbauth` takes the obfuscated password file
    /// of VNC, and `PORT=<port>` on its standard output says that it is ready. Its
    /// `-localhost` listens on 127.0.0.1 and on `[::1]`.
    pub fn x11vnc(listen: VncListen) -> Self {
        let mut arguments = texts(&[
            "-norc",
            "-display",
            "{display}",
            "-rfbport",
            "{port}",
            "-rfbauth",
            "{password_file}",
            "-forever",
            "-shared",
            "-noxdamage",
        ]);
        if listen == VncListen::Loopback {
            arguments.push("-localhost".to_owned());
        }
        Self {
            address: vec![
                AddressSource::Output {
                    prefix: "PORT=".to_owned(),
                    template: "vnc://{host}:{value}".to_owned(),
                },
                listening(),
            ],
            ..vnc("vnc", &["x11vnc"], arguments, &["-viewonly"])
        }
    }

    /// TigerVNC's x0vncserver, over the person's own X display. It prints no port of its own:
    /// it is ready when the chosen one answers. Debian's `x0vncserver` is a script that starts
    /// `X0tigervnc` in the background and ends, so that comes first: what is started must be what
    /// is watched and stopped.
    pub fn x0vncserver(listen: VncListen) -> Self {
        let mut arguments = texts(&[
            "-display",
            "{display}",
            "-rfbport",
            "{port}",
            "-rfbauth",
            "{password_file}",
            "-SecurityTypes",
            "VncAuth",
            "-AlwaysShared",
        ]);
        if listen == VncListen::Loopback {
            arguments.push("-localhost".to_owned());
        }
        let allowed = ["-AcceptKeyEvents=0", "-AcceptPointerEvents=0"];
        let programs = ["X0tigervnc", "x0vncserver"];
        vnc("vnc-tigervnc", &programs, arguments, &allowed)
    }
}

fn listening() -> AddressSource {
    AddressSource::Listening {
        template: ADDRESS.to_owned(),
    }
}

fn vnc(name: &str, programs: &[&str], arguments: Vec<String>, view_only: &[&str]) -> ClientSpec {
    ClientSpec {
        name: name.to_owned(),
        display_name: "VNC".to_owned(),
        executables: programs
            .iter()
            .map(|program| executable("linux", *program))
            .collect(),
        download: None,
        launch: Launch {
            arguments,
            allowed_arguments: texts(view_only),
            ..Launch::default()
        },
        address: vec![listening()],
        ready: None,
        stop: Stop::Terminate,
        link: LinkForm {
            template: "{address}".to_owned(),
            ..LinkForm::default()
        },
        otherwise: vec![],
    }
}
