//! deskhook-client
