use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::os::windows::process::CommandExt as _;
use std::process::{Child, Command};
use std::ptr::null;

use deskhook_wire::Confinement;
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_ACTIVE_PROCESS,
    JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOB_OBJECT_LIMIT_PROCESS_MEMORY, JOB_OBJECT_UILIMIT_DESKTOP,
    JOB_OBJECT_UILIMIT_DISPLAYSETTINGS, JOB_OBJECT_UILIMIT_EXITWINDOWS,
    JOB_OBJECT_UILIMIT_GLOBALATOMS, JOB_OBJECT_UILIMIT_HANDLES, JOB_OBJECT_UILIMIT_READCLIPBOARD,
    JOB_OBJECT_UILIMIT_SYSTEMPARAMETERS, JOB_OBJECT_UILIMIT_WRITECLIPBOARD,
    JOBOBJECT_BASIC_UI_RESTRICTIONS, JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JOBOBJECTINFOCLASS,
    JobObjectBasicUIRestrictions, JobObjectExtendedLimitInformation, SetInformationJobObject,
    TerminateJobObject,
};
use windows_sys::Win32::System::Threading::CREATE_NO_WINDOW;

/// What a child has nothing to do with on the desktop: all that a job can keep from it.
const DESKTOP: u32 = JOB_OBJECT_UILIMIT_DESKTOP
    | JOB_OBJECT_UILIMIT_DISPLAYSETTINGS
    | JOB_OBJECT_UILIMIT_EXITWINDOWS
    | JOB_OBJECT_UILIMIT_GLOBALATOMS
    | JOB_OBJECT_UILIMIT_HANDLES
    | JOB_OBJECT_UILIMIT_READCLIPBOARD
    | JOB_OBJECT_UILIMIT_SYSTEMPARAMETERS
    | JOB_OBJECT_UILIMIT_WRITECLIPBOARD;

/// The job object of a child. The system ends what is in it when the last handle is closed, also when
/// that is because the agent died.
pub(crate) struct Group {
    job: OwnedHandle,
}

impl Group {
    /// What this holds a child by, beside what the child does itself.
    pub(crate) const HOLDS: [&str; 1] = ["job object"];

    /// Keeps what `command` starts off the screen, and gives it what the system's own libraries do
    /// not load without.
    pub(crate) fn prepare(command: &mut Command) {
        command.creation_flags(CREATE_NO_WINDOW);
        for name in ["SystemRoot", "SystemDrive"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
    }

    /// Puts `child` into a job: alone, with so much memory, and without a hand on the desktop.
    pub(crate) fn of(child: &Child, confinement: &Confinement) -> io::Result<Self> {
        // SAFETY: a job without attributes and name.
        let job = unsafe { CreateJobObjectW(null(), null()) };
        if job.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was just made for us.
        let job = unsafe { OwnedHandle::from_raw_handle(job) };
        limit(
            &job,
            JobObjectExtendedLimitInformation,
            &limits(confinement),
        )?;
        let desktop = JOBOBJECT_BASIC_UI_RESTRICTIONS {
            UIRestrictionsClass: DESKTOP,
        };
        limit(&job, JobObjectBasicUIRestrictions, &desktop)?;
        // SAFETY: both handles are open.
        match unsafe { AssignProcessToJobObject(job.as_raw_handle(), child.as_raw_handle()) } {
            0 => Err(io::Error::last_os_error()),
            _ => Ok(Self { job }),
        }
    }

    /// Ends all of it.
    pub(crate) fn end(&self) {
        // SAFETY: the job is open.
        unsafe { TerminateJobObject(self.job.as_raw_handle(), 1) };
    }
}

fn limits(confinement: &Confinement) -> JOBOBJECT_EXTENDED_LIMIT_INFORMATION {
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.ActiveProcessLimit = 1;
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_ACTIVE_PROCESS
        | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
        | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
    if confinement.memory_mib > 0 {
        limits.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_PROCESS_MEMORY;
        limits.ProcessMemoryLimit = (confinement.memory_mib as usize).saturating_mul(1 << 20);
    }
    limits
}

fn limit<T>(job: &OwnedHandle, class: JOBOBJECTINFOCLASS, to: &T) -> io::Result<()> {
    let size = u32::try_from(size_of::<T>()).map_err(io::Error::other)?;
    let to = std::ptr::from_ref(to).cast();
    // SAFETY: the job is open, and `to` is what this class reads, with its size.
    match unsafe { SetInformationJobObject(job.as_raw_handle(), class, to, size) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
