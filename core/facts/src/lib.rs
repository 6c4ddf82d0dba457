//! deskhook-facts
