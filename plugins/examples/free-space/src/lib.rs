//! free-space
