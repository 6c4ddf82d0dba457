use deskhook_abi::{self as abi, Text, Texts};
use deskhook_hooks::{Device, Person, SupporterInput};

pub(crate) fn texts(list: &[String]) -> Vec<Text> {
    list.iter().map(|text| Text::new(text)).collect()
}

/// A view of the device; `groups` views its groups.
pub(crate) fn device(device: &Device, groups: &[Text]) -> abi::Device {
    abi::Device {
        struct_size: size_of::<abi::Device>() as u32,
        reserved: 0,
        id: Text::new(&device.id),
        name: Text::new(&device.name),
        os: Text::new(&device.os),
        os_version: Text::new(&device.os_version),
        groups: Texts::new(groups),
    }
}

pub(crate) fn person(person: &Person) -> abi::Person {
    abi::Person {
        struct_size: size_of::<abi::Person>() as u32,
        verified: u32::from(person.verified),
        name: Text::new(&person.name),
        display_name: Text::new(&person.display_name),
        language: Text::new(&person.language),
    }
}

pub(crate) fn supporter(supporter: &SupporterInput) -> abi::Supporter {
    abi::Supporter {
        struct_size: size_of::<abi::Supporter>() as u32,
        verified: u32::from(supporter.verified),
        name: Text::new(&supporter.name),
        organisation: Text::new(&supporter.organisation),
    }
}
