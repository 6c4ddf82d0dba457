//! deskhook-agent
