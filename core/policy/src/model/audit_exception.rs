use jiff::civil::Date;

/// `Audit.Exceptions.<rule>`: a deviation from the security guide that the organisation decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditException {
    /// Why it is so.
    pub reason: String,
    /// The last day that it holds.
    pub until: Date,
}
