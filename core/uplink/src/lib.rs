//! deskhook-uplink
