//! Real libraries, in C and in Rust, loaded and called.

mod calling;
mod fixture;
mod loading;
mod rust;
