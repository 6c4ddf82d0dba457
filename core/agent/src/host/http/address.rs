use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is no public host, after the registries of special-purpose addresses of IANA (RFC 6890 and
/// its updates): network, length of the prefix.
const SPECIAL_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast, reserved, broadcast.
    ([224, 0, 0, 0], 3),
    // Answers every virtual machine of Azure with what its host knows of it.
    ([168, 63, 129, 16], 32),
];
/// The same inside 2000::/3, beyond which no public host is: Teredo and other assignments of the
/// IETF, documentation, 6to4.
const SPECIAL_V6: [([u16; 8], u32); 4] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];
/// Behind which a gateway finds an IPv4 address, its last four bytes (RFC 6052).
const NAT64: ([u16; 8], u32) = ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);
const GLOBAL_V6: ([u16; 8], u32) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// Whether an address is one of the whole internet: none of this machine, of a network of its own,
/// of many hosts, or of a service that tells a virtual machine its secrets.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None if within_v6(address, NAT64) => is_public_v4(last_four(address)),
            None => {
                within_v6(address, GLOBAL_V6)
                    && !SPECIAL_V6
                        .iter()
                        .any(|special| within_v6(address, *special))
            }
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let within = |(network, length): &([u8; 4], u32)| {
        let mask = u32::MAX << (32 - length);
        address.to_bits() & mask == u32::from_be_bytes(*network) & mask
    };
    !SPECIAL_V4.iter().any(within)
}

fn within_v6(address: Ipv6Addr, (network, length): ([u16; 8], u32)) -> bool {
    let mask = u128::MAX << (128 - length);
    address.to_bits() & mask == Ipv6Addr::from(network).to_bits() & mask
}

fn last_four(address: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rustfmt::skip]
    const PUBLIC: [&str; 14] = [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
        "192.0.1.1", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2606:4700::1111",
        "2a00:1450::1", "2001:200::1", "3ffe::1",
    ];
    #[rustfmt::skip]
    const SPECIAL: [&str; 42] = [
        "0.0.0.0", "0.1.2.3", "10.255.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1",
        "127.255.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192",
        "192.0.2.1", "192.168.1.1", "198.19.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
        "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1",
        "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "2001::1",
        "2001:db8::1", "2002:7f00:1::1", "3fff::1", "4000::1", "5f00::1", "fc00::1",
        "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
    ];

    #[test]
    fn an_address_of_the_whole_internet_is_told_from_all_others() {
        for public in PUBLIC {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for special in SPECIAL {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
    }
}
