/// The device that the agent runs on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device<'a> {
    /// The portal's name of the device; empty before enrolment.
    pub id: &'a str,
    /// The host name.
    pub name: &'a str,
    /// `linux`, `windows`, `macos`.
    pub os: &'a str,
    /// The operating system's own version text.
    pub os_version: &'a str,
    /// The groups that the policy was resolved for.
    pub groups: Vec<&'a str>,
}

/// The person at the device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person<'a> {
    /// The account's name.
    pub name: &'a str,
    /// The name that people read.
    pub display_name: &'a str,
    /// Language tag: `de-at`. Sentences for the person should be in it.
    pub language: &'a str,
    /// Whether enrolment bound this account; what the system says is not proof.
    pub verified: bool,
}

/// A supporter, as the portal vouches for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supporter<'a> {
    /// The name that people read.
    pub name: &'a str,
    /// The organisation that they work for.
    pub organisation: &'a str,
    /// Whether the portal signed them in itself.
    pub verified: bool,
}

/// What every hook is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context<'a> {
    /// Now, RFC 3339 with the local offset.
    pub now: &'a str,
    /// The device.
    pub device: Device<'a>,
    /// The person.
    pub person: Person<'a>,
    /// The effective policy's short name.
    pub policy_version: &'a str,
}

/// Somebody wants a session to start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionRequest<'a> {
    /// What every hook is given.
    pub context: Context<'a>,
    /// Why, in the person's words.
    pub reason: Option<&'a str>,
    /// The ticket's number.
    pub ticket: Option<&'a str>,
    /// `person`, `portal`, `url`, `extension`.
    pub origin: &'a str,
    /// The client's name.
    pub client: &'a str,
}

/// A supporter wants to join.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionJoin<'a> {
    /// What every hook is given.
    pub context: Context<'a>,
    /// The session's id.
    pub session: &'a str,
    /// Who.
    pub supporter: Supporter<'a>,
    /// Why.
    pub reason: Option<&'a str>,
    /// The ticket's number.
    pub ticket: Option<&'a str>,
    /// The client's address.
    pub address: Option<&'a str>,
    /// What they want to do.
    pub permissions: Vec<&'a str>,
}

/// A supporter wants elevated rights.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ElevationRequest<'a> {
    /// What every hook is given.
    pub context: Context<'a>,
    /// The session's id.
    pub session: &'a str,
    /// Who.
    pub supporter: Supporter<'a>,
    /// Absolute path of the program.
    pub program: &'a str,
    /// Its arguments.
    pub arguments: Vec<&'a str>,
    /// `local-approval`, `brokered-action`, `transmitted-credentials`.
    pub method: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
    /// For how long, in minutes.
    pub minutes: u32,
}
