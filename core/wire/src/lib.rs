//! Every serialised shape that leaves a process, versioned: what agent and portal say to each
//! other, the control socket of the agent, what goes to extensions in a child, the portal's
//! signed orders, and signed policy.
//!
//! What comes from the other side is read with bounds and known fields; unknown fields are
//! ignored, so that either side may be newer.

mod api;
mod bundle;
mod control;
mod extension;
mod order;
mod portal;
mod shape;
mod signature;

pub use api::{
    ApiError, ConnectRequest, DeviceDetail, DeviceEntry, ElevateRequest, KeyEntry, KeyMade, NewKey,
    OrderEntry, OrderMade, PersonEntry, SessionEntry, api_schemas,
};
pub use bundle::{
    BundleError, BundleFrame, BundledLayer, KeyError, LARGEST_BUNDLE, LONGEST_VALIDITY,
    PolicyBundle, PolicyKey, PolicySigner, Role, Signed, is_bundle,
};
pub use control::{
    Asked, ControlAnswer, ControlReply, ControlRequest, MenuShape, QuestionShape, Status,
    TimingShape,
};
pub use extension::{
    Confinement, Connect, EXTENSION_PROTOCOL, FromExtension, HostGreeting, HostStart,
    LARGEST_FRAME, NativeReach, Opening, ToExtension,
};
pub use order::{ElevationOrder, OrderError, SignedOrder};
pub use portal::{
    Acknowledged, AskOutcomeShape, Delivery, DeviceAbout, ElevationOffer, EnrolAnswer,
    EnrolRequest, Enrolled, ExtensionHealth, Order, OrderKind, Orders, PATH_ENROL, PATH_ORDERS,
    PATH_REPORTS, PolicyEntry, Report,
};
pub use shape::{CheckShape, PersonShape, ReasonShape, SupporterShape};
pub use signature::{
    HEADER_BOOT, HEADER_COUNTER, HEADER_DEVICE, HEADER_SIGNATURE, HEADER_TIME, RequestParts,
    SignatureError, sign_enrolment, verify_enrolment,
};
