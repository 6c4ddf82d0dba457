use std::sync::Arc;

use deskhook_wire::{
    HEADER_BOOT, HEADER_COUNTER, HEADER_DEVICE, HEADER_SIGNATURE, HEADER_TIME, PATH_ENROL,
    PATH_ORDERS, PATH_REPORTS,
};

use crate::desk::Desk;
use crate::rights::{Section, Verb};
use crate::web::table::{Parameter, Table, delete, get, header, post, query};
use crate::{agents, api, pages};

/// What every request of a device carries beside its signature (core/wire says how it is made).
const SIGNED: [Parameter; 5] = [
    header(HEADER_DEVICE, "string", "The device's name."),
    header(HEADER_BOOT, "string", "Names one start of the agent."),
    header(
        HEADER_COUNTER,
        "integer",
        "Rises with each request of one start; none counts twice.",
    ),
    header(
        HEADER_TIME,
        "integer",
        "Seconds since 1970; at most 300 off.",
    ),
    header(
        HEADER_SIGNATURE,
        "string",
        "Ed25519 over the request's canonical text, base64.",
    ),
];
const ENROL: [Parameter; 1] = [header(
    HEADER_SIGNATURE,
    "string",
    "Ed25519 by the key that the body names, over deskhook-enrol/1, a line feed and the body's SHA-256; base64.",
)];
const ORDERS: [Parameter; 7] = {
    let [device, boot, counter, time, signature] = SIGNED;
    let after = query("after", "integer", "Orders with higher sequences only.");
    let wait = query(
        "wait",
        "integer",
        "Seconds to hold the request open, at most 60.",
    );
    [device, boot, counter, time, signature, after, wait]
};
const SESSIONS: [Parameter; 2] = [
    query("device", "string", "Of one device only."),
    query(
        "before",
        "integer",
        "With lower numbers than this: the last of the page before.",
    ),
];

/// Every route of the portal and who may use it.
pub(crate) fn table(desk: Arc<Desk>) -> Table {
    let table = programs(for_agents(Table::new(desk)));
    let table = pages::routes(table);
    let description = api::Description::of(table.places());
    table.add(
        get("/api/v1/openapi.json")
            .open()
            .about("This description.")
            .gives_text("application/json"),
        move || async move { description.json() },
    )
}

fn for_agents(table: Table) -> Table {
    table
        .add(
            post(PATH_ENROL)
                .open()
                .about("Enrols a device with a one-time token.")
                .asks(&ENROL)
                .takes("EnrolRequest")
                .gives("EnrolAnswer"),
            agents::enrol,
        )
        .add(
            post(PATH_REPORTS)
                .device()
                .about("Accepts one row of a device's outbox, once.")
                .asks(&SIGNED)
                .takes("Delivery")
                .gives("Acknowledged"),
            agents::report,
        )
        .add(
            get(PATH_ORDERS)
                .device()
                .about("A device's orders; held open until there are some.")
                .asks(&ORDERS)
                .gives("Orders"),
            agents::orders,
        )
}

fn programs(table: Table) -> Table {
    let devices = get("/api/v1/devices").view(Section::Clients);
    let device = get("/api/v1/devices/{id}").view(Section::Clients);
    let connect = post("/api/v1/devices/{id}/connect").verb(Verb::SessionConnect);
    let disconnect = post("/api/v1/devices/{id}/disconnect").verb(Verb::SessionDisconnect);
    let elevate = post("/api/v1/devices/{id}/elevate").verb(Verb::ElevationRequest);
    let order = get("/api/v1/orders/{id}").view(Section::Clients);
    own_keys(history(table))
        .add(
            devices
                .about("All devices, who waits for help first.")
                .gives("[DeviceEntry]"),
            api::devices,
        )
        .add(
            device.about("One device.").gives("DeviceDetail"),
            api::device,
        )
        .add(
            connect
                .about("Asks the person at a device to let the caller in.")
                .takes("ConnectRequest")
                .gives("OrderMade"),
            api::connect,
        )
        .add(
            disconnect
                .about("Ends a device's session.")
                .gives("OrderMade"),
            api::disconnect,
        )
        .add(
            elevate
                .about("Asks for one program to be run with elevated rights.")
                .takes("ElevateRequest")
                .gives("OrderMade"),
            api::elevate,
        )
        .add(
            order.about("What became of an order.").gives("OrderEntry"),
            api::order,
        )
        .add(get("/healthz").open(), api::health)
        .add(get("/readyz").open(), api::ready)
        .add(get("/metrics").open(), api::metrics)
}

fn history(table: Table) -> Table {
    let sessions = get("/api/v1/sessions").view(Section::Sessions);
    let audit = get("/api/v1/audit").verb(Verb::AuditExport);
    table
        .add(
            sessions
                .about("The newest 100 sessions.")
                .asks(&SESSIONS)
                .gives("[SessionEntry]"),
            api::sessions,
        )
        .add(
            audit
                .about("The audit record as lines of JSON; its head stands in deskhook-head.")
                .gives_text("application/jsonl"),
            api::export,
        )
}

fn own_keys(table: Table) -> Table {
    let list = get("/api/v1/keys").verb(Verb::ApiKeyCreate);
    let make = post("/api/v1/keys").verb(Verb::ApiKeyCreate);
    let revoke = delete("/api/v1/keys/{id}").verb(Verb::ApiKeyCreate);
    table
        .add(
            list.about("The caller's API keys, without the keys themselves.")
                .gives("[KeyEntry]"),
            api::keys::list,
        )
        .add(
            make.about("Makes an API key that may do no more than the caller; told once.")
                .takes("NewKey")
                .gives("KeyMade"),
            api::keys::make,
        )
        .add(
            revoke
                .about("Revokes one of the caller's API keys.")
                .gives("KeyEntry"),
            api::keys::revoke,
        )
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::places;
