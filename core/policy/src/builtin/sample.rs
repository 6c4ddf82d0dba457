use super::{executable, query, texts};
use crate::{AddressSource, ClientSpec, Launch, LinkForm, Stop};

impl ClientSpec {
    /// The built-in sample client, for machines that have no other: the running binary's own
    /// `sample-client run`, which prints `ADDRESS=<9 digits>` once it is ready and runs until
    /// it is stopped; `sample-client --get-id` prints the same number.
    pub fn sample() -> Self {
        Self {
            otherwise: vec![],
            name: "sample".to_owned(),
            display_name: "Sample client".to_owned(),
            executables: vec![executable("", "{self}")],
            download: None,
            launch: Launch {
                arguments: texts(&["sample-client", "run"]),
                // Its id stays as long as the agent's own state does.
                environment: [("DESKHOOK_SAMPLE_DIR".to_owned(), "{state}".to_owned())].into(),
                ..Launch::default()
            },
            address: vec![
                AddressSource::Output {
                    prefix: "ADDRESS=".to_owned(),
                    template: "{value}".to_owned(),
                },
                query(&["sample-client", "--get-id"], &[], 10),
            ],
            ready: None,
            stop: Stop::Terminate,
            link: LinkForm {
                template: "deskhook-sample:{address}".to_owned(),
                ..LinkForm::default()
            },
        }
    }
}
