use std::os::unix::fs::symlink;

use super::*;

/// A system in a folder: devices below `sys`, and what is mounted where.
struct System(tempfile::TempDir);

impl System {
    fn new(mounts: &str) -> Self {
        let system = Self(tempfile::tempdir().unwrap());
        for folder in [
            "sys/devices/virtual/block",
            "sys/dev/block",
            "sys/class/block",
            "home/ada",
            "dev",
        ] {
            std::fs::create_dir_all(system.at(folder)).unwrap();
        }
        system.write("proc/self/mountinfo", mounts);
        system
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A device with its number, in that folder of `sys/devices`.
    fn device(self, number: &str, folder: &str) -> Self {
        let device = self.at("sys/devices").join(folder);
        std::fs::create_dir_all(device.join("slaves")).unwrap();
        symlink(&device, self.at("sys/dev/block").join(number)).unwrap();
        let name = device.file_name().unwrap();
        symlink(&device, self.at("sys/class/block").join(name)).unwrap();
        self
    }

    /// A mapping with that uuid over other devices.
    fn mapping(self, (number, name): (&str, &str), uuid: &str, over: &[&str]) -> Self {
        let system = self.device(number, &format!("virtual/block/{name}"));
        system.write(&format!("sys/devices/virtual/block/{name}/dm/uuid"), uuid);
        for slave in over {
            let real = system
                .at("sys/class/block")
                .join(slave)
                .canonicalize()
                .unwrap();
            let link = format!("sys/devices/virtual/block/{name}/slaves/{slave}");
            symlink(real, system.at(&link)).unwrap();
        }
        system
    }

    fn look(&self, path: &str) -> (Protection, String) {
        let State { protection, detail } = look(self.0.path(), path);
        (protection, detail)
    }
}

const ROOT: &str = "22 1 254:1 / / rw - ext4 /dev/mapper/vg-root rw\n";
const SDA3: &str = "pci0000:00/ata1/block/sda/sda3";

#[test]
fn a_volume_on_a_luks_disk_is_encrypted() {
    let system = System::new(ROOT)
        .device("8:3", SDA3)
        .mapping(("254:0", "dm-0"), "CRYPT-LUKS2-0123-crypt\n", &["sda3"])
        .mapping(("254:1", "dm-1"), "LVM-abc\n", &["dm-0"]);
    assert_eq!(
        system.look("/"),
        (Protection::On, "/ on dm-1 on dm-0 (LUKS2)".to_owned())
    );
    assert_eq!(system.look("/home/ada").0, Protection::On);
}

#[test]
fn a_partition_and_a_volume_over_one_are_plain() {
    let plain = System::new("22 1 8:3 / / rw - ext4 /dev/sda3 rw\n").device("8:3", SDA3);
    assert_eq!(plain.look("/"), (Protection::Off, "/ on sda3".to_owned()));
    let volume =
        System::new(ROOT)
            .device("8:3", SDA3)
            .mapping(("254:1", "dm-1"), "LVM-abc", &["sda3"]);
    assert_eq!(
        volume.look("/"),
        (Protection::Off, "/ on dm-1 on sda3".to_owned())
    );
}

#[test]
fn one_plain_disk_below_is_enough_for_off() {
    let system = System::new(ROOT)
        .device("8:3", SDA3)
        .device("8:4", "pci0000:00/ata1/block/sda/sda4")
        .mapping(("254:0", "dm-0"), "CRYPT-LUKS1-0-c", &["sda3"])
        .mapping(("254:1", "dm-1"), "LVM-abc", &["dm-0", "sda4"]);
    assert_eq!(system.look("/").0, Protection::Off);
}

#[test]
fn a_mapping_that_only_checks_or_that_nobody_knows_is_no_encryption() {
    for uuid in [
        "CRYPT-VERITY-abc-root",
        "CRYPT-INTEGRITY-abc",
        "CRYPT-",
        "mpath-LUKS2-",
        "",
    ] {
        let system =
            System::new(ROOT)
                .device("8:3", SDA3)
                .mapping(("254:1", "dm-1"), uuid, &["sda3"]);
        assert_eq!(system.look("/").0, Protection::Off, "{uuid}");
    }
}

#[test]
fn a_file_system_over_disks_is_judged_by_its_source() {
    let mounts = "22 1 0:31 /@ / rw - btrfs /dev/mapper/luks rw\n";
    let system = System::new(mounts).device("8:3", SDA3).mapping(
        ("254:0", "dm-0"),
        "CRYPT-LUKS2-0-luks",
        &["sda3"],
    );
    system.write("dev/dm-0", "");
    std::fs::create_dir(system.at("dev/mapper")).unwrap();
    symlink("../dm-0", system.at("dev/mapper/luks")).unwrap();
    assert_eq!(
        system.look("/").0,
        Protection::Unknown,
        "its disks are not told"
    );
    let disks = system.at("sys/fs/btrfs/0123/devices");
    std::fs::create_dir_all(&disks).unwrap();
    let add = |name: &str| {
        let real = system.at("sys/class/block").join(name).canonicalize();
        symlink(real.unwrap(), disks.join(name)).unwrap();
    };
    add("dm-0");
    assert_eq!(
        system.look("/"),
        (Protection::On, "/ on dm-0 (LUKS2)".to_owned())
    );
    add("sda3");
    assert_eq!(system.look("/"), (Protection::Off, "/ on sda3".to_owned()));
}

#[test]
fn a_partition_of_a_raid_is_as_its_disks_are() {
    let raid = |below: &str| {
        System::new("22 1 259:1 / / rw - ext4 /dev/md0p1 rw\n")
            .device("8:3", SDA3)
            .mapping(("254:0", "dm-0"), "CRYPT-LUKS2-0-c", &["sda3"])
            .mapping(("9:0", "md0"), "", &[below])
            .device("259:1", "virtual/block/md0/md0p1")
    };
    assert_eq!(raid("dm-0").look("/").0, Protection::On);
    assert_eq!(raid("sda3").look("/").0, Protection::Off);
}

#[test]
fn a_disk_that_is_reached_in_several_ways_is_a_disk() {
    let system = System::new("22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n").device(
        "259:2",
        "virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p2",
    );
    assert_eq!(
        system.look("/"),
        (Protection::Off, "/ on nvme0n1p2".to_owned())
    );
}

#[test]
fn what_cannot_be_seen_is_unknown_and_says_why() {
    let loop_device = System::new("22 1 7:0 / / rw - squashfs /dev/loop0 rw\n")
        .device("7:0", "virtual/block/loop0");
    let around = System::new(ROOT).mapping(("254:1", "dm-1"), "LVM-a", &[]);
    symlink(
        around.at("sys/devices/virtual/block/dm-1"),
        around.at("sys/devices/virtual/block/dm-1/slaves/dm-1"),
    )
    .unwrap();
    for (system, path, why) in [
        (&loop_device, "/", "what keeps its data is not told"),
        (&around, "/", "too many others"),
        (
            &System::new("22 1 0:41 / / rw - zfs rpool/root rw\n"),
            "/",
            "zfs, which is on no disk",
        ),
        (&System::new(ROOT), "/", "whose device cannot be seen"),
        (
            &System::new("22 1 0:31 / / rw - btrfs /dev/x rw\n"),
            "/",
            "/dev/x",
        ),
        (&System::new(""), "/", "nothing is mounted"),
        (&System::new(ROOT), "/no/such", "there is no /no/such"),
        (&System::new(ROOT), "home", "there is no home"),
    ] {
        let (protection, detail) = system.look(path);
        assert_eq!(protection, Protection::Unknown, "{detail}");
        assert!(detail.contains(why), "{detail}");
    }
}

#[test]
fn without_the_kernel_s_list_of_mounts_nothing_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let state = look(folder.path(), "/");
    assert_eq!(state.protection, Protection::Unknown);
    assert!(state.detail.contains("mountinfo"), "{}", state.detail);
}

#[test]
fn a_folder_that_was_not_granted_is_told_as_a_grant_that_is_missing() {
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    assert_eq!(reason(&denied, "/sys/x/"), "fs.read:/sys/x/ is not granted");
    let gone = std::io::Error::from(std::io::ErrorKind::NotFound);
    assert!(!reason(&gone, "/sys/x/").contains("granted"));
}
