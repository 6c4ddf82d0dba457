//! What the guide asks of accounts, passwords and networks. No policy key holds it.

use crate::audit::rule::Check;
use crate::audit::{Basis, Level, Rule};

pub(super) static RULES: [Rule; 7] = [
    Rule {
        id: "portal-admin",
        level: Level::Warning,
        basis: Basis::Guide("my.anydesk II"),
        title: "The admin account is for the first set-up only",
        says: "The account that came with the licence may do everything. It sets the portal up; after \
               that people have accounts of their own with tailored rights.",
        advice: "look in my.anydesk who signs in as admin, and with what role everybody else does",
        check: Check::Manual,
    },
    Rule {
        id: "portal-roles",
        level: Level::Warning,
        basis: Basis::Guide("Permission and user management"),
        title: "Every role grants the least that is needed",
        says: "Roles say what each person sees and changes in the management portal; everybody gets the \
               one with the fewest rights that do, a custom one if need be.",
        advice: "go through the roles and their users in my.anydesk, and in Deskhook's portal under Users",
        check: Check::Manual,
    },
    Rule {
        id: "portal-support-rights",
        level: Level::Warning,
        basis: Basis::Guide("Use Case, Permissions in my.anydesk II"),
        title: "Support staff have a permission set of their own",
        says: "Support staff view and edit address books, clients and their own profile, and view the \
               history of sessions. They need nothing else of the management portal.",
        advice: "make this permission set in my.anydesk; Deskhook's portal has it as it-support",
        check: Check::Manual,
    },
    Rule {
        id: "portal-two-factor",
        level: Level::Error,
        basis: Basis::Guide("Two-factor authentication for my.anydesk II"),
        title: "Every my.anydesk account has a second factor",
        says: "Beside the password a code of an authenticator app is asked for at sign-in.",
        advice: "look in my.anydesk under Users who has none, and have each set it up in their profile",
        check: Check::Manual,
    },
    Rule {
        id: "portal-accounts",
        level: Level::Warning,
        basis: Basis::Guide("Force user login"),
        title: "Every supporter has an account",
        says: "A client that asks for an account is of use only to those who have one, and shared \
               accounts tell nobody apart.",
        advice: "compare the users in my.anydesk with the support staff",
        check: Check::Manual,
    },
    Rule {
        id: "unattended-passwords",
        level: Level::Error,
        basis: Basis::Guide("Unattended Access"),
        title: "Each profile has its own password for unattended access",
        says: "Passwords are set for each permission profile, so that whoever knows one gets that \
               profile's rights and no more. No policy and no build can set them.",
        advice: "set them on the devices, a different one for each profile, and change those that are known",
        check: Check::Manual,
    },
    Rule {
        id: "network-protection",
        level: Level::Note,
        basis: Basis::Guide("Legal Notice"),
        title: "Firewalls and segments stand around the devices",
        says: "Devices are joined to a network only where they have to be, and with firewalls or \
               segments around them; the vendor's product is one part of that.",
        advice: "look at the network itself; Session.Checks.firewall sees to the device's own",
        check: Check::Manual,
    },
];
