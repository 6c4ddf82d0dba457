//! The snippets of the guides compile.

#[doc = include_str!("../../../README.md")]
struct FrontDoor;

#[doc = include_str!("../../README.md")]
struct Core;
