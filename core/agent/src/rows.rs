use std::collections::BTreeMap;

use deskhook_session::SessionId;

/// What became of the outbox's rows, as far as a session waits for one. That a row was filed and
/// that the portal has dealt with it are news from two sides, which may come in either order.
#[derive(Default)]
pub(crate) struct Rows {
    /// The row of the address under way.
    address: Option<(SessionId, u64)>,
    /// Rows that left the outbox before they were told of as filed.
    early: BTreeMap<u64, Result<(), String>>,
}

/// A session's address, and whether the portal took it.
pub(crate) type Settled = Option<(SessionId, Result<(), String>)>;

impl Rows {
    /// A row is in the outbox; rows are told of in their order.
    pub(crate) fn filed(&mut self, sequence: u64, address_of: Option<SessionId>) -> Settled {
        let taken = self.early.remove(&sequence);
        self.early = self.early.split_off(&sequence);
        let session = address_of?;
        match taken {
            Some(taken) => Some((session, taken)),
            None => {
                self.address = Some((session, sequence));
                None
            }
        }
    }

    /// A row is no longer in the outbox: taken, or refused with these words.
    pub(crate) fn left(&mut self, sequence: u64, taken: Result<(), String>) -> Settled {
        let waited = self.address.take_if(|(_, row)| *row == sequence);
        match waited {
            Some((session, _)) => Some((session, taken)),
            None => {
                self.early.insert(sequence, taken);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> SessionId {
        SessionId("s".into())
    }

    #[test]
    fn only_the_address_s_own_row_settles_it_whichever_news_comes_first() {
        let mut rows = Rows::default();
        assert_eq!(rows.left(3, Ok(())), None);
        assert_eq!(rows.filed(4, Some(session())), None);
        assert_eq!(rows.left(5, Ok(())), None, "a later row is not the address");
        assert_eq!(rows.left(4, Ok(())), Some((session(), Ok(()))));

        let refused = Err("too large".to_owned());
        assert_eq!(rows.left(7, refused.clone()), None);
        assert_eq!(rows.filed(6, None), None);
        assert_eq!(rows.filed(7, Some(session())), Some((session(), refused)));
        assert!(rows.early.is_empty(), "{:?}", rows.early);
    }
}
