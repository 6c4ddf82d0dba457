use std::ffi::c_void;
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::Path;
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{GENERIC_ALL, GENERIC_WRITE, HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, GetNamedSecurityInfoW, SE_FILE_OBJECT,
};
use windows_sys::Win32::Security::{
    ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, DACL_SECURITY_INFORMATION, GetAce, GetTokenInformation,
    INHERIT_ONLY_ACE, OWNER_SECURITY_INFORMATION, PSID, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::Storage::FileSystem::{
    DELETE, FILE_APPEND_DATA, FILE_DELETE_CHILD, FILE_WRITE_DATA, WRITE_DAC, WRITE_OWNER,
};
use windows_sys::Win32::System::SystemServices::{
    ACCESS_ALLOWED_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, ACCESS_DENIED_ACE_TYPE,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::{FolderError, Owner, Standing};

/// Who may change what an administrator installed: administrators, the system, and the service that
/// installs Windows itself (well-known security identifiers).
const SYSTEM: [&str; 3] = [
    "S-1-5-32-544",
    "S-1-5-18",
    "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
];
/// Whoever owns a thing: what the owner may is judged by who it is.
const OWNER: [&str; 2] = ["S-1-3-0", "S-1-3-4"];
/// With one of these rights a folder above is taken away or handed to another. To put something new
/// beside, as every account may below `C:\`, changes nothing of what is there.
const REPLACES: u32 = FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_ALL;
/// With one of these as well what is loaded is changed itself.
const CHANGES: u32 = REPLACES | FILE_WRITE_DATA | FILE_APPEND_DATA | GENERIC_WRITE;

/// Refuses what somebody but `owner` owns, or may change by its access control list.
pub(crate) fn judge(
    path: &Path,
    _: &std::fs::Metadata,
    owner: Owner,
    standing: Standing,
) -> Result<(), FolderError> {
    let failed = |source| FolderError::Look {
        path: path.to_owned(),
        source,
    };
    let rights = Rights::of(path).map_err(failed)?;
    let own = match owner {
        Owner::Root => None,
        Owner::RootOrSelf => Some(own_account().map_err(failed)?),
    };
    let may = |account: &str| SYSTEM.contains(&account) || own.as_deref() == Some(account);
    if !may(&rights.owner) {
        return Err(FolderError::Owner {
            path: path.to_owned(),
            found: rights.owner,
            expected: match owner {
                Owner::Root => "administrators or the system",
                Owner::RootOrSelf => "administrators, the system or ourselves",
            },
        });
    }
    let matter = match standing {
        Standing::Itself => CHANGES,
        Standing::Above => REPLACES,
    };
    let others = rights.given.into_iter();
    let mut others = others.filter(|(account, mask)| {
        mask & matter != 0 && !may(account) && !OWNER.contains(&account.as_str())
    });
    match others.next() {
        None => Ok(()),
        Some((by, _)) => Err(FolderError::Writable {
            path: path.to_owned(),
            by,
        }),
    }
}

/// Who owns something, and what its list lets whom do.
struct Rights {
    owner: String,
    given: Vec<(String, u32)>,
}

impl Rights {
    fn of(path: &Path) -> io::Result<Self> {
        let path: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
        let what = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
        let (mut owner, mut list): (PSID, *mut ACL) = (null_mut(), null_mut());
        let mut descriptor = null_mut();
        // SAFETY: the path ends with 0; owner and list point into the descriptor, which is ours.
        let code = unsafe {
            GetNamedSecurityInfoW(
                path.as_ptr(),
                SE_FILE_OBJECT,
                what,
                &raw mut owner,
                null_mut(),
                &raw mut list,
                null_mut(),
                &raw mut descriptor,
            )
        };
        if code != 0 {
            return Err(io::Error::from_raw_os_error(code.cast_signed()));
        }
        let _descriptor = Local(descriptor);
        if list.is_null() {
            return Err(io::Error::other(
                "it has no access control list, so everybody may change it",
            ));
        }
        // SAFETY: the system wrote the list, and the descriptor outlives this.
        let count = unsafe { (*list).AceCount };
        let given = (0..u32::from(count)).filter_map(|index| entry(list, index).transpose());
        Ok(Self {
            owner: text(owner)?,
            given: given.collect::<io::Result<_>>()?,
        })
    }
}

/// One entry of a list that lets somebody do something to the thing itself.
fn entry(list: *const ACL, index: u32) -> io::Result<Option<(String, u32)>> {
    let mut at: *mut c_void = null_mut();
    // SAFETY: the list is whole, and has that many entries.
    judged(unsafe { GetAce(list, index, &raw mut at) })?;
    // SAFETY: every entry begins with its header.
    let header = unsafe { at.cast::<ACE_HEADER>().read() };
    let kind = u32::from(header.AceType);
    if u32::from(header.AceFlags) & INHERIT_ONLY_ACE != 0 || kind == ACCESS_DENIED_ACE_TYPE {
        return Ok(None);
    }
    if kind != ACCESS_ALLOWED_ACE_TYPE && kind != ACCESS_ALLOWED_CALLBACK_ACE_TYPE {
        // What it gives cannot be told, so it may be everything.
        return Ok(Some((format!("an entry of kind {kind}"), u32::MAX)));
    }
    let at = at.cast::<ACCESS_ALLOWED_ACE>();
    // SAFETY: entries of both kinds are of this form.
    let mask = unsafe { (*at).Mask };
    // SAFETY: the account's identifier begins at this field.
    let account = unsafe { &raw mut (*at).SidStart };
    Ok(Some((text(account.cast())?, mask)))
}

/// The account that this process runs as.
fn own_account() -> io::Result<String> {
    let mut token: HANDLE = null_mut();
    // SAFETY: there is room for one handle.
    judged(unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) })?;
    // SAFETY: it was just opened for us.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    // The structure, and an identifier of at most 68 bytes behind it; pointers, so that it lies well.
    let mut room = [0_usize; 32];
    let (into, mut size) = (room.as_mut_ptr().cast(), 0);
    let length = u32::try_from(size_of_val(&room)).map_err(io::Error::other)?;
    let token = token.as_raw_handle();
    // SAFETY: the room is as large as is said.
    judged(unsafe { GetTokenInformation(token, TokenUser, into, length, &raw mut size) })?;
    // SAFETY: the system wrote the structure there.
    let user = unsafe { room.as_ptr().cast::<TOKEN_USER>().read() };
    text(user.User.Sid)
}

/// An identifier as people write it: `S-1-5-18`.
fn text(account: PSID) -> io::Result<String> {
    let mut words = null_mut();
    // SAFETY: the identifier is whole, and there is room for one pointer.
    judged(unsafe { ConvertSidToStringSidW(account, &raw mut words) })?;
    let _words = Local(words.cast());
    let length = (0..).take_while(|index| {
        // SAFETY: the text ends with 0, and is not read behind that.
        unsafe { words.add(*index).read() != 0 }
    });
    let length = length.count();
    // SAFETY: so many characters were counted.
    let words = unsafe { std::slice::from_raw_parts(words, length) };
    Ok(String::from_utf16_lossy(words))
}

/// Memory that the system made for us.
struct Local(*mut c_void);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: the system made it to be freed like this.
        unsafe { LocalFree(self.0) };
    }
}

fn judged(done: i32) -> io::Result<()> {
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::Security::Authorization::{
        ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
    };
    use windows_sys::Win32::Security::SetFileSecurityW;

    use super::*;

    fn judged_as(path: &Path, owner: Owner) -> Result<(), FolderError> {
        let metadata = path.metadata().unwrap();
        judge(path, &metadata, owner, Standing::Itself)
    }

    fn let_everybody_change(folder: &Path) {
        let words: Vec<u16> = "D:(A;OICI;FA;;;WD)\0".encode_utf16().collect();
        let (mut descriptor, no_length) = (null_mut(), null_mut());
        // SAFETY: the text ends with 0, and there is room for one pointer.
        judged(unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                words.as_ptr(),
                SDDL_REVISION_1,
                &raw mut descriptor,
                no_length,
            )
        })
        .unwrap();
        let descriptor = Local(descriptor);
        let path: Vec<u16> = folder.as_os_str().encode_wide().chain([0]).collect();
        // SAFETY: the path ends with 0, and the descriptor is whole.
        judged(unsafe { SetFileSecurityW(path.as_ptr(), DACL_SECURITY_INFORMATION, descriptor.0) })
            .unwrap();
    }

    #[test]
    fn what_this_account_made_is_its_own() {
        let folder = tempfile::tempdir().unwrap();
        judged_as(folder.path(), Owner::RootOrSelf).unwrap();
    }

    #[test]
    fn what_everybody_may_change_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let_everybody_change(folder.path());
        let refused = judged_as(folder.path(), Owner::RootOrSelf).unwrap_err();
        assert!(
            matches!(&refused, FolderError::Writable { by, .. } if by == "S-1-1-0"),
            "{refused}"
        );
    }
}
