use super::{executable, query};
use crate::{ClientSpec, Launch, LinkForm, Stop};

impl ClientSpec {
    /// RustDesk. `--get-id` prints the ID; the link is `rustdesk://<id>`. One that runs already is
    /// asked, and not started again.
    pub fn rustdesk() -> Self {
        Self {
            otherwise: vec![],
            name: "rustdesk".to_owned(),
            display_name: "RustDesk".to_owned(),
            executables: vec![
                executable("linux", "rustdesk"),
                executable("windows", "C:\\Program Files\\RustDesk\\rustdesk.exe"),
                executable(
                    "macos",
                    "/Applications/RustDesk.app/Contents/MacOS/RustDesk",
                ),
            ],
            download: None,
            launch: Launch {
                service: true,
                ..Launch::default()
            },
            address: vec![query(&["--get-id"], &["0"], 60)],
            ready: None,
            stop: Stop::Terminate,
            link: LinkForm {
                template: "rustdesk://{address}".to_owned(),
                ..LinkForm::default()
            },
        }
    }
}
