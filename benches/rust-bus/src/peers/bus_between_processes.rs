//! The bus between two processes; the route is what a topology says of it, the program is that between threads.

use std::fs;
use std::path::Path;
use std::time::Duration;

use mycelium_bus::{MessageBus, SubscriberOptions, Wait as BusWait};
use mycelium_generated::bench::bus::{LongAnswer, LongQuestion, ShortAnswer, ShortQuestion};

use crate::end::{End, Wait};
use crate::peers::bus_between_threads::{Carried, Side};

const PATIENCE: Duration = Duration::from_secs(10);

/// How messages travel.
#[derive(Clone, Copy)]
pub enum Route {
    Shm,
    Unix,
    Tcp,
}

pub fn end(folder: &Path, size: usize, is_near: bool, wait: Wait, route: Route) -> Box<dyn End> {
    let topology = folder.join(if is_near { "near.toml" } else { "far.toml" });
    fs::write(&topology, description(folder, wait, route)).expect("a topology");
    let service = if is_near { "near" } else { "far" };
    let bus = MessageBus::from_topology(&topology, service).expect("a node");
    match (size, is_near) {
        (64, true) => connected::<ShortQuestion, ShortAnswer>(&bus, wait),
        (64, false) => connected::<ShortAnswer, ShortQuestion>(&bus, wait),
        (_, true) => connected::<LongQuestion, LongAnswer>(&bus, wait),
        (_, false) => connected::<LongAnswer, LongQuestion>(&bus, wait),
    }
}

fn connected<Out: Carried, Into: Carried>(bus: &MessageBus, wait: Wait) -> Box<dyn End> {
    let options = SubscriberOptions {
        wait: match wait {
            Wait::Spin => BusWait::Spin,
            Wait::Sleep => BusWait::Block,
        },
        ..SubscriberOptions::default()
    };
    let side = Side::<Out, Into, false>::new(bus, options);
    side.wait_until_wanted(PATIENCE);
    Box::new(side)
}

fn description(folder: &Path, wait: Wait, route: Route) -> String {
    let folder = folder.display();
    let (near, far) = match route {
        Route::Shm => (
            String::new(),
            format!("endpoint.kind = \"shm\"\nendpoint.path = \"{folder}/lane\""),
        ),
        Route::Unix => (String::new(), String::new()),
        Route::Tcp => (
            "host = \"localhost\"".into(),
            format!(
                "host = \"127.0.0.1\"\nport = {}",
                port_of(&folder.to_string())
            ),
        ),
    };
    let wait = if wait == Wait::Spin { "spin" } else { "block" };
    format!(
        "socket_dir = \"{folder}\"\n\
         [[nodes]]\nname = \"near\"\nservices = [\"near\"]\n{near}\n\
         [[nodes]]\nname = \"far\"\nservices = [\"far\"]\n{far}\n\
         [[routes]]\nfrom = \"near\"\nto = \"far\"\nwait = \"{wait}\"\n\
         [[routes]]\nfrom = \"far\"\nto = \"near\"\nwait = \"{wait}\"\n"
    )
}

/// Both ends know the folder: the port is derived from it, below those the kernel gives away.
fn port_of(folder: &str) -> u32 {
    20_000
        + folder.bytes().fold(7u32, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        }) % 10_000
}
