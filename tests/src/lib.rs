//! deskhook-tests
