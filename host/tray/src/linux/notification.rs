use std::collections::HashMap;
use std::time::Duration;

use zbus::zvariant::Value;
use zbus::{Connection, Proxy};

/// Desktop Notifications Specification 1.3.
const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// How long the desktop may take to show one.
const PATIENCE: Duration = Duration::from_secs(5);

/// The desktop's way to tell the person something in passing.
#[derive(Default)]
pub(super) struct Notifications {
    connection: Option<Connection>,
}

/// How much it matters, as the desktop counts.
#[derive(Clone, Copy)]
pub(super) enum Urgency {
    Normal = 1,
    Critical = 2,
}

impl Notifications {
    /// Whether the desktop showed it.
    pub(super) async fn show(
        &mut self,
        sender: &str,
        text: (&str, &str),
        urgency: Urgency,
    ) -> bool {
        let shown = tokio::time::timeout(PATIENCE, self.send(sender, text, urgency)).await;
        match shown {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::debug!(%error, "no notification is shown");
                self.connection = None;
                false
            }
            Err(_) => {
                self.connection = None;
                false
            }
        }
    }

    async fn send(
        &mut self,
        sender: &str,
        (title, message): (&str, &str),
        urgency: Urgency,
    ) -> zbus::Result<()> {
        let connection = match &self.connection {
            Some(connection) => connection.clone(),
            None => self.connection.insert(Connection::session().await?).clone(),
        };
        let proxy = Proxy::new(&connection, NAME, PATH, NAME).await?;
        let can: Vec<String> = proxy.call("GetCapabilities", &()).await?;
        let message = if can.iter().any(|name| name == "body-markup") {
            escaped(message)
        } else {
            message.to_owned()
        };
        let hints = HashMap::from([("urgency", Value::from(urgency as u8))]);
        let actions: Vec<&str> = vec![];
        let body = (sender, 0_u32, "", title, message, actions, hints, -1_i32);
        let _number: u32 = proxy.call("Notify", &body).await?;
        Ok(())
    }
}

/// Text for a desktop that reads markup in it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_is_no_markup() {
        assert_eq!(escaped("<b>A&B</b>"), "&lt;b&gt;A&amp;B&lt;/b&gt;");
    }
}
