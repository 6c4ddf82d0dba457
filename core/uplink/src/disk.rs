use tokio::runtime::{Handle, RuntimeFlavor};

/// Does `work` on a disk, which may be slow, without keeping the tasks that share this thread. A
/// runtime of one thread has no other.
pub(crate) fn at_the_disk<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
