//! deskhook-sdk
