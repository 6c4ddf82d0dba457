use std::io::Read as _;

use super::Reach;

/// The most of a table that is read.
const MOST: u64 = 1 << 20;
/// `::1`, as the tables write it.
const LOOPBACK_6: &str = "00000000000000000000000001000000";
/// `::ffff:`, the beginning of an IPv4 address in the table of IPv6.
const MAPPED: &str = "0000000000000000FFFF0000";

/// Whether a program of this account listens on the TCP port `port`, and for whom. It looks in the
/// kernel's tables instead of connecting: a server may end after its first client, and counts one
/// that says nothing as a failed sign-in.
pub(crate) fn listener(port: u16) -> Option<Reach> {
    let own = rustix::process::geteuid().as_raw();
    let tables = ["/proc/self/net/tcp", "/proc/self/net/tcp6"].map(read);
    tables
        .iter()
        .filter_map(|table| find(table, port, own))
        .max()
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
fn find(table: &str, port: u16, account: u32) -> Option<Reach> {
    let reach = |line: &str| {
        let columns: Vec<&str> = line.split_ascii_whitespace().take(8).collect();
        let [_, local, _, "0A", _, _, _, owner] = columns[..] else {
            return None;
        };
        let (host, at) = local.split_once(':')?;
        let fits = u16::from_str_radix(at, 16) == Ok(port) && owner.parse() == Ok(account);
        fits.then(|| reach_of(host))
    };
    table.lines().skip(1).filter_map(reach).max()
}

/// Addresses stand in the tables as words of the machine's own byte order, which on every machine
/// that this is built for is the little end first.
fn reach_of(host: &str) -> Reach {
    let in_127 = |host: &str| host.len() == 8 && host.ends_with("7F");
    let mapped = host.strip_prefix(MAPPED).is_some_and(in_127);
    if in_127(host) || host == LOOPBACK_6 || mapped {
        Reach::Loopback
    } else {
        Reach::Network
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(host: &str, state: &str) -> String {
        format!(
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n   0: {host}:170D 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  1000        0 1\n"
        )
    }

    #[test]
    fn only_a_listening_socket_of_the_same_account_counts() {
        let listening = table("0100007F", "0A");
        assert_eq!(find(&listening, 5901, 1000), Some(Reach::Loopback));
        assert_eq!(find(&listening, 5901, 0), None);
        assert_eq!(find(&listening, 5902, 1000), None);
        assert_eq!(find(&table("0100007F", "01"), 5901, 1000), None);
    }

    #[test]
    fn the_bound_address_says_who_reaches_it() {
        let reach = |host: &str| find(&table(host, "0A"), 5901, 1000).unwrap();
        for host in [LOOPBACK_6, "0200007F", "0000000000000000FFFF00000100007F"] {
            assert_eq!(reach(host), Reach::Loopback, "{host}");
        }
        for host in ["00000000", "0100A8C0", "00000000000000000000000000000000"] {
            assert_eq!(reach(host), Reach::Network, "{host}");
        }
    }

    #[test]
    fn a_listener_of_this_process_is_seen() {
        let listener_here = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener_here.local_addr().unwrap().port();
        assert_eq!(listener(port), Some(Reach::Loopback));
    }
}
