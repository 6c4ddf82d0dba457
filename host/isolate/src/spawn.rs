use std::io;
use std::process::{Child, Command};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};

struct Order {
    command: Command,
    reply: mpsc::SyncSender<io::Result<Child>>,
}

/// Starts a program from a thread that lives as long as this process: the signal that a child gets
/// when its parent dies comes when the thread dies that started it, and threads of a runtime's
/// pool die of idleness.
pub(crate) fn spawn(command: Command) -> io::Result<Child> {
    static NURSERY: OnceLock<Mutex<mpsc::Sender<Order>>> = OnceLock::new();
    let (reply, born) = mpsc::sync_channel(1);
    let nursery = NURSERY.get_or_init(|| Mutex::new(nursery()));
    let order = Order { command, reply };
    let sent = nursery
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .send(order);
    let gone = || io::Error::other("the thread that starts programs is gone");
    sent.map_err(|_| gone())?;
    born.recv().map_err(|_| gone())?
}

fn nursery() -> mpsc::Sender<Order> {
    let (orders, inbox) = mpsc::channel::<Order>();
    // Without the thread nothing is received, and every order ends as an error.
    let _thread = std::thread::Builder::new()
        .name("child processes".to_owned())
        .spawn(move || {
            for Order { mut command, reply } in inbox {
                let born = command.spawn();
                drop(command);
                // Whoever ordered waits until it is answered.
                let _ = reply.send(born);
            }
        });
    orders
}
