//! The agent as an embedder uses it: real files, a real client process, no portal.

mod addresses;
mod adoption;
mod desk;
mod extensions;
mod life;
mod provenance;
mod stopping;
