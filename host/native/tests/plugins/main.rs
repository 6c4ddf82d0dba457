//! Real libraries, in C and in Rust, loaded and called.

#![cfg(unix)]

mod admission;
mod calling;
mod counterpart;
mod fixture;
mod loading;
mod rust;
