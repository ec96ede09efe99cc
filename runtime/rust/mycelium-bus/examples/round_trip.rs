//! The round trip of a message of 64 bytes between two processes, beside that of bare unix sockets, in turn:
//! `cargo run --release --example round_trip -- [unix|shm|tcp] [spin|adaptive|block]`.

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use mycelium::Message;
use mycelium_bus::raw::{Inbox, Patience, Purpose, RawPublisher, Taken};
use mycelium_bus::{Node, SubscriberOptions, Wait};
use mycelium_generated::conformance::{Texts, Tree};

const WARM_UP: usize = 2_000;
const ROUNDS: usize = 7;
const TRIPS: usize = 5_000;
const BYTES: usize = 64;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |place: usize, default: &str| {
        let given = arguments.get(place).cloned();
        given.unwrap_or_else(|| default.to_owned())
    };
    let (kind, wait) = (text(0, "unix"), text(1, "spin"));
    if let Some(folder) = arguments.get(2) {
        return echo(Path::new(folder), &wait);
    }
    let folder = std::env::temp_dir().join(format!("mycelium-round-trip-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(&folder, &kind, &wait);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &Path, kind: &str, wait: &str) -> Outcome<()> {
    let endpoint = match kind {
        "shm" => format!(
            "endpoint.kind = \"shm\"\nendpoint.path = \"{}/lanes\"\n",
            folder.display()
        ),
        "tcp" => "endpoint.kind = \"tcp\"\nport = 47113\n".to_owned(),
        _ => String::new(),
    };
    let topology = format!(
        "socket_dir = \"{}\"\n[[nodes]]\nname = \"left\"\nservices = [\"a\"]\n\
         [[nodes]]\nname = \"right\"\nservices = [\"b\"]\n{endpoint}",
        folder.display()
    );
    std::fs::write(folder.join("topology.toml"), topology)?;
    let bare = UnixListener::bind(folder.join("bare.sock"))?;
    let node = Node::from_topology(folder.join("topology.toml"), "left")?;
    let (publisher, inbox) = ends(&node, "a", wait, Tree::INFORMATION, Texts::INFORMATION)?;
    let mut peer = Peer(
        Command::new(std::env::current_exe()?)
            .args([kind, wait])
            .arg(folder)
            .spawn()?,
    );
    let (mut socket, _) = bare.accept()?;
    socket.set_nonblocking(wait == "spin")?;
    while !publisher.is_wanted() {
        node.wait_until_connected(Duration::from_secs(10))?;
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let trips = if round == 0 { WARM_UP } else { TRIPS };
        publisher.publish(&[1; BYTES], Patience::endless())?;
        let bus = timed(trips, || trip_by_bus(&publisher, &inbox))?;
        publisher.publish(&[2; BYTES], Patience::endless())?;
        let bare = timed(trips, || trip_by_socket(&mut socket))?;
        socket.write_all(&[2; BYTES])?;
        if round > 0 {
            println!(
                "bus {bus:6} ns, bare unix socket {bare:6} ns, {:.2} times",
                bus as f64 / bare as f64
            );
            ratios.push(bus as f64 / bare as f64);
        }
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "{kind} {wait}: median ratio {:.2}",
        ratios[ratios.len() / 2]
    );
    publisher.publish(&[3; BYTES], Patience::endless())?;
    drop(socket);
    node.close();
    peer.0.wait()?;
    Ok(())
}

/// The median of a trip, in nanoseconds.
fn timed(trips: usize, mut trip: impl FnMut() -> Outcome<()>) -> Outcome<u128> {
    let mut times = Vec::with_capacity(trips);
    for _ in 0..trips {
        let start = Instant::now();
        trip()?;
        times.push(start.elapsed().as_nanos());
    }
    times.sort_unstable();
    Ok(times[trips / 2])
}

fn trip_by_bus(publisher: &RawPublisher, inbox: &Inbox<u8>) -> Outcome<()> {
    publisher.publish(&[0; BYTES], Patience::endless())?;
    inbox.recv_with(Patience::endless(), |_, frame| frame.body[0])?;
    Ok(())
}

fn trip_by_socket(socket: &mut UnixStream) -> Outcome<()> {
    socket.write_all(&[0; BYTES])?;
    receive(socket).map(drop)
}

fn receive(socket: &mut UnixStream) -> Outcome<u8> {
    let mut bytes = [0; BYTES];
    let mut have = 0;
    while have < BYTES {
        match socket.read(&mut bytes[have..]) {
            Ok(0) => return Err("the end".into()),
            Ok(count) => have += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::hint::spin_loop(),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(bytes[0])
}

/// Sends back what comes, by the bus until a body begins with 2, then by the socket, and so on.
fn echo(folder: &Path, wait: &str) -> Outcome<()> {
    let node = Node::from_topology(folder.join("topology.toml"), "right")?;
    let (publisher, inbox) = ends(&node, "b", wait, Texts::INFORMATION, Tree::INFORMATION)?;
    let mut socket = UnixStream::connect(folder.join("bare.sock"))?;
    socket.set_nonblocking(wait == "spin")?;
    loop {
        match inbox.recv_with(Patience::endless(), |_, frame| frame.body[0]) {
            Ok(Taken::Item(_, 0) | Taken::Direct(0)) => {
                publisher.publish(&[0; BYTES], Patience::endless())?;
            }
            Ok(Taken::Item(_, 1) | Taken::Direct(1)) => {}
            Ok(Taken::Item(_, 3) | Taken::Direct(3)) => return Ok(()),
            Ok(_) => loop {
                match receive(&mut socket) {
                    Ok(0) => socket.write_all(&[0; BYTES])?,
                    Ok(_) => break,
                    Err(_) => return Ok(()),
                }
            },
            Err(_) => return Ok(()),
        }
    }
}

fn ends(
    node: &Node,
    service: &str,
    wait: &str,
    out: mycelium::MessageInformation,
    back: mycelium::MessageInformation,
) -> Outcome<(RawPublisher, Inbox<u8>)> {
    let bus = node.raw(service)?;
    let inbox = bus.inbox(SubscriberOptions {
        wait: match wait {
            "block" => Wait::Block,
            "adaptive" => Wait::Adaptive,
            _ => Wait::Spin,
        },
        ..SubscriberOptions::default()
    });
    inbox.receive(back, 0, Purpose::Messages, |frame| frame.body[0]);
    Ok((bus.publisher(out), inbox))
}

/// A process that goes with this one.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have gone by itself.
        let _ = self.0.kill();
    }
}
