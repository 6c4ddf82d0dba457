use crate::{Text, Texts};

/// The device that the agent runs on.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// The portal's name of the device; empty before enrolment.
    pub id: Text,
    /// The host name.
    pub name: Text,
    /// `linux`, `windows`, `macos`.
    pub os: Text,
    /// The operating system's own version text.
    pub os_version: Text,
    /// The groups that the policy was resolved for.
    pub groups: Texts,
}

/// The person at the device.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// 1 where enrolment bound this account, else 0: what the system says is not proof.
    pub verified: u32,
    /// The account's name.
    pub name: Text,
    /// The name that people read.
    pub display_name: Text,
    /// Language tag: `de-at`. Sentences for the person should be in it.
    pub language: Text,
}

/// A supporter, as the portal vouches for them.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Supporter {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// 1 where the portal signed them in itself, else 0.
    pub verified: u32,
    /// The name that people read.
    pub name: Text,
    /// The organisation that they work for.
    pub organisation: Text,
}

/// What every hook is given.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Now, RFC 3339 with the local offset.
    pub now: Text,
    /// The device; never null.
    pub device: *const Device,
    /// The person; never null.
    pub person: *const Person,
    /// The effective policy's short name.
    pub policy_version: Text,
}

/// What `deskhook.session.request/1` is given: somebody wants a session to start.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SessionRequest {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// What every hook is given; never null.
    pub context: *const Context,
    /// Why, in the person's words; may be no text.
    pub reason: Text,
    /// The ticket's number; may be no text.
    pub ticket: Text,
    /// `person`, `portal`, `url`, `extension`.
    pub origin: Text,
    /// The client's name.
    pub client: Text,
}

/// What `deskhook.session.join/1` is given: a supporter wants to join.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SessionJoin {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// What every hook is given; never null.
    pub context: *const Context,
    /// The session's id.
    pub session: Text,
    /// Who; never null.
    pub supporter: *const Supporter,
    /// Why; may be no text.
    pub reason: Text,
    /// The ticket's number; may be no text.
    pub ticket: Text,
    /// The client's address; may be no text.
    pub address: Text,
    /// What they want to do.
    pub permissions: Texts,
}

/// What `deskhook.elevation.request/1` is given: a supporter wants elevated rights.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElevationRequest {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// For how long, in minutes.
    pub minutes: u32,
    /// What every hook is given; never null.
    pub context: *const Context,
    /// The session's id.
    pub session: Text,
    /// Who; never null.
    pub supporter: *const Supporter,
    /// Absolute path of the program.
    pub program: Text,
    /// Its arguments.
    pub arguments: Texts,
    /// `local-approval`, `brokered-action`, `transmitted-credentials`.
    pub method: Text,
    /// Why; may be no text.
    pub reason: Text,
}
