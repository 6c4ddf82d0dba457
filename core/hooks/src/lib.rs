//! deskhook-hooks
