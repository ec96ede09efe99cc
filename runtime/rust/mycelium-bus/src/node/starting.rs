//! From the plan of a node to its listeners and dials.

use std::path::Path;
use std::sync::Arc;
use std::task::Waker;

use mycelium_lane::EventBell;

use super::driver::{Driver, NUDGE_TOKEN};
use super::error::NodeError;
use super::guests::Host;
use super::link::Link;
use super::meeting::{Dial, Meeting};
use super::nudge::Nudge;
use super::poll_waker::PollWaker;
use super::seat::Seat;
use crate::lanes::remove_leftovers;
use crate::topology::{Node, RouteKind, Topology};
use crate::transport::{Address, Dialler, Listener, TlsSettings};

/// A node to be started.
pub(crate) struct Plan<'a> {
    pub(crate) topology: &'a Topology,
    pub(crate) folder: &'a Path,
    pub(crate) node: &'a Node,
    pub(crate) links: &'a [Arc<Link>],
    /// What others dial this node by.
    pub(crate) listens_by: &'a [RouteKind],
    /// Where this core is a guest.
    pub(crate) host: Option<&'a Arc<dyn Host>>,
}

/// Listens, and prepares to dial; with it, what the peers' lanes ring, where there are any.
pub(crate) fn start_seat(plan: &Plan<'_>) -> Result<(Seat<Driver>, Option<EventBell>), NodeError> {
    let failed = |source| NodeError::system("making the node's poll", source);
    let poll = mio::Poll::new().map_err(failed)?;
    let waker = mio::Waker::new(poll.registry(), mio::Token(NUDGE_TOKEN)).map_err(failed)?;
    let nudge = Nudge::new(Waker::from(Arc::new(PollWaker(waker))));
    let has_tcp = |kind: &RouteKind| *kind == RouteKind::Tcp;
    let bell = match plan.links.iter().any(|link| link.plan.lanes.is_some()) {
        true => Some(EventBell::new().map_err(failed)?),
        false => None,
    };
    let mut kinds = plan.links.iter().map(|link| &link.plan.kind);
    let meets_by_tcp = kinds.any(has_tcp) || plan.listens_by.iter().any(has_tcp);
    let tls = match meets_by_tcp {
        true => TlsSettings::load(plan.topology, plan.folder, plan.node)?,
        false => None,
    };
    let mut listeners = Vec::new();
    for kind in [RouteKind::Shm, RouteKind::Unix, RouteKind::Tcp] {
        if !plan.listens_by.contains(&kind) {
            continue;
        }
        if let (RouteKind::Shm, Some(endpoint)) = (kind, &plan.node.endpoint) {
            endpoint
                .path
                .as_deref()
                .into_iter()
                .for_each(remove_leftovers);
        }
        if let Some(address) = Address::of(plan.topology, plan.node, kind) {
            let tls = tls.clone().filter(|_| kind == RouteKind::Tcp);
            listeners.push(Listener::bind(&address, tls)?);
        }
    }
    let mut dials = Vec::new();
    for link in plan.links.iter().filter(|link| link.plan.is_dialled) {
        dials.extend(plan_dial(plan, link, tls.as_deref(), &nudge)?);
    }
    let mut driver = Driver::new(poll, Arc::clone(&nudge), Meeting::new(listeners, dials));
    driver.listen(bell.as_ref()).map_err(failed)?;
    Ok((Seat::new(driver, nudge), bell))
}

fn plan_dial(
    plan: &Plan<'_>,
    link: &Arc<Link>,
    tls: Option<&TlsSettings>,
    nudge: &Arc<Nudge>,
) -> Result<Option<Dial>, NodeError> {
    if let (RouteKind::Ffi, Some(host)) = (link.plan.kind, plan.host) {
        let (from, to) = (link.plan.from.clone(), link.plan.to.clone());
        let (service, host) = (to.clone(), Arc::clone(host));
        let dialler = Dialler::inside(service, Box::new(move || host.connect(&from, &to)));
        return Ok(Some(Dial::new(Arc::clone(link), dialler)));
    }
    let Some(peer) = find(plan.topology, &link.plan.peer_node) else {
        return Ok(None);
    };
    let Some(address) = Address::of(plan.topology, peer, link.plan.kind) else {
        return Ok(None);
    };
    // The one who listens decides: with `tls` it speaks with nobody who has none.
    let is_secure = link.plan.kind == RouteKind::Tcp && peer.tls.is_some();
    let connector = match (is_secure, tls) {
        (false, _) => None,
        (true, Some(tls)) => Some(tls.connector(peer)?),
        (true, None) => return Err(no_tls(plan, peer)),
    };
    let nudge = Arc::clone(nudge);
    let wake = Arc::new(move || nudge.give());
    let dialler = Dialler::new(address, connector, wake);
    Ok(Some(Dial::new(Arc::clone(link), dialler)))
}

fn find<'a>(topology: &'a Topology, name: &str) -> Option<&'a Node> {
    topology.nodes.iter().find(|node| node.name == name)
}

fn no_tls(plan: &Plan<'_>, peer: &Node) -> NodeError {
    let (file, node) = (&plan.topology.name, plan.node);
    NodeError::Tls(format!(
        "{file}:{}: `{}` has no `tls`, without which `{}` (line {}) speaks with nobody; give it cert, key and ca",
        node.line, node.name, peer.name, peer.line
    ))
}
