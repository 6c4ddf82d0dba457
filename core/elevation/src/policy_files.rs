use std::path::PathBuf;

/// Where a policy is read that root alone can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFiles {
    /// The folder of policy files, believed with all that is in it.
    pub folder: PathBuf,
    /// Where there is a trust file only signed policy counts: that file, and the folder that
    /// remembers what was accepted, both believed.
    pub signing: Option<(PathBuf, PathBuf)>,
}
