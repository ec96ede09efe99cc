//! From a topology to the links, listeners and dials of one node.

use std::path::Path;
use std::sync::Arc;

use mycelium_lane::EventBell;

use super::driver::{Driver, NUDGE_TOKEN};
use super::error::NodeError;
use super::link::{Link, LinkPlan};
use super::meeting::{Dial, Meeting};
use super::seat::{Nudge, Seat};
use super::status::LinkId;
use crate::lanes::{remove_leftovers, LanePlan};
use crate::topology::{Node, Route, RouteKind, Topology};
use crate::transport::{Address, Dialler, Listener, TlsSettings};

/// A node to be started.
pub(crate) struct Plan<'a> {
    pub(crate) topology: &'a Topology,
    pub(crate) folder: &'a Path,
    pub(crate) node: &'a Node,
    pub(crate) links: &'a [Arc<Link>],
}

/// The links of a node: one for each of its services, each service elsewhere, and each kind that one of the two routes
/// between them is of.
pub(crate) fn plan_links(topology: &Topology, node: &Node) -> Vec<LinkPlan> {
    let mut plans = Vec::new();
    for (service, from) in node.services.iter().enumerate() {
        for peer in topology.nodes.iter().filter(|peer| peer.name != node.name) {
            for to in &peer.services {
                let routes = (topology.route(from, to), topology.route(to, from));
                let (Some(out), Some(back)) = routes else {
                    continue;
                };
                let mut kinds = vec![out.kind];
                kinds.extend((back.kind != out.kind).then_some(back.kind));
                for kind in kinds {
                    let id = LinkId(u32::try_from(plans.len()).unwrap_or(u32::MAX));
                    let routes = (&out, &back);
                    let ends = (node, peer);
                    plans.extend(plan_link(topology, id, service, ends, routes, kind));
                }
            }
        }
    }
    plans
}

fn plan_link(
    topology: &Topology,
    id: LinkId,
    service: usize,
    (node, peer): (&Node, &Node),
    (out, back): (&Route, &Route),
    kind: RouteKind,
) -> Option<LinkPlan> {
    let listener = topology.listener(&node.name, &peer.name, kind)?;
    Some(LinkPlan {
        id,
        service,
        from: out.source.clone(),
        to: out.target.clone(),
        kind,
        peer_node: peer.name.clone(),
        peer_number: peer.number,
        has_greater_number: node.number > peer.number,
        // Whatever the link is for: answers go by the kind of their request, and are bound by their own route all the same.
        allow_out: out.allow.clone(),
        allow_in: back.allow.clone(),
        carries_out: out.kind == kind,
        carries_in: back.kind == kind,
        fails_when_full: out.fails_when_full,
        capacity: out.capacity as usize,
        is_dialled: listener.name != node.name,
        lanes: (kind == RouteKind::Shm)
            .then(|| LanePlan::of(listener, out))
            .flatten(),
    })
}

/// Listens, and prepares to dial.
pub(crate) fn start_seat(plan: &Plan<'_>) -> Result<Seat, NodeError> {
    let failed = |source| NodeError::system("making the node's poll", source);
    let poll = mio::Poll::new().map_err(failed)?;
    let waker = mio::Waker::new(poll.registry(), mio::Token(NUDGE_TOKEN)).map_err(failed)?;
    let nudge = Nudge::new(waker);
    let bell = match plan.links.iter().any(|link| link.plan.lanes.is_some()) {
        true => Some(EventBell::new().map_err(failed)?),
        false => None,
    };
    let meets_by_tcp = plan
        .links
        .iter()
        .any(|link| link.plan.kind == RouteKind::Tcp);
    let tls = match meets_by_tcp {
        true => TlsSettings::load(plan.topology, plan.folder, plan.node)?,
        false => None,
    };
    let mut listeners = Vec::new();
    for kind in [RouteKind::Shm, RouteKind::Unix, RouteKind::Tcp] {
        let links = plan.links.iter().filter(|link| link.plan.kind == kind);
        if !links.clone().any(|link| !link.plan.is_dialled) {
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
    Ok(Seat::new(driver, nudge, bell))
}

fn plan_dial(
    plan: &Plan<'_>,
    link: &Arc<Link>,
    tls: Option<&TlsSettings>,
    nudge: &Arc<Nudge>,
) -> Result<Option<Dial>, NodeError> {
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
