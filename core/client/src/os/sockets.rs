use std::io::Read as _;

/// The most of a table that is read.
const MOST: u64 = 1 << 20;

/// Looks in the kernel's tables instead of connecting: a server may end after its first client,
/// and counts one that says nothing as a failed sign-in.
pub(crate) fn is_listening(port: u16) -> bool {
    let own = rustix::process::geteuid().as_raw();
    ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
        .iter()
        .any(|table| has_listener(&read(table), port, own))
}

fn read(path: &str) -> String {
    let mut text = String::new();
    if let Ok(file) = std::fs::File::open(path) {
        // What could be read is looked at; the next glance may see more.
        let _cut = file.take(MOST).read_to_string(&mut text);
    }
    text
}

/// Columns as in proc(5): `sl local_address rem_address st ... uid`; state 0A is LISTEN. A socket
/// of another account does not count: it may have taken the port before the client could.
fn has_listener(table: &str, port: u16, account: u32) -> bool {
    table.lines().skip(1).any(|line| {
        let columns: Vec<&str> = line.split_ascii_whitespace().take(8).collect();
        let [_, local, _, state, _, _, _, owner] = columns[..] else {
            return false;
        };
        let at = local
            .rsplit(':')
            .next()
            .and_then(|hex| u16::from_str_radix(hex, 16).ok());
        state == "0A" && at == Some(port) && owner.parse() == Ok(account)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:170D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0\n   1: 0100007F:170E 0100007F:0016 01 00000000:00000000 00:00000000 00000000  1000        0 1\n";

    #[test]
    fn only_a_listening_socket_of_the_same_account_counts() {
        assert!(has_listener(TABLE, 5901, 1000));
        assert!(!has_listener(TABLE, 5901, 0));
        assert!(!has_listener(TABLE, 5902, 1000));
    }

    #[test]
    fn a_listener_of_this_process_is_seen() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        assert!(is_listening(listener.local_addr().unwrap().port()));
    }
}
