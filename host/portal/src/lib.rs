//! deskhook-portal
