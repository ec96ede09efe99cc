//! From a topology to what a core is made of: all of a node, what it leaves to guests aside, or what one guest runs.

use std::path::Path;
use std::sync::Arc;

use mycelium_lane::EventBell;

use super::driver::Driver;
use super::error::NodeError;
use super::guests::{Arrivals, Host, Part};
use super::link::Link;
use super::options::NodeOptions;
use super::planning::{plan_links, plan_links_inside};
use super::seat::Seat;
use super::starting::{start_seat, Plan};
use crate::topology::{Node, RouteKind, Topology};
use crate::transport::Claim;

/// What a core is made of.
pub(crate) struct Assembled {
    /// The node, as far as this core runs its services.
    pub(crate) node: Node,
    /// Those that guests run, where this core is not one.
    pub(crate) guest_services: Vec<String>,
    pub(crate) links: Vec<Arc<Link>>,
    pub(crate) claim: Option<Claim>,
    /// None where nothing comes or goes.
    pub(crate) seat: Option<Seat<Driver>>,
    /// What the peers' lanes ring; None where there are none.
    pub(crate) lane_bell: Option<EventBell>,
    pub(crate) host: Option<Arc<dyn Host>>,
    pub(crate) arrivals: Arc<Arrivals>,
}

/// Claims the node, where this is no guest, and listens for all of it; plans the links of what this core runs.
pub(crate) fn assemble(
    topology: &Topology,
    folder: &Path,
    whole: &Node,
    options: &NodeOptions,
    part: Part,
) -> Result<Assembled, NodeError> {
    let (services, guest_services, host, arrivals) = match part {
        Part::Host => {
            check_services(whole, &options.guests)?;
            let own = whole.services.iter();
            let own = own.filter(|each| !options.guests.contains(each));
            let own = own.cloned().collect();
            (own, options.guests.clone(), None, Arc::default())
        }
        Part::Guest(guest) => {
            check_services(whole, &guest.services)?;
            let host = Some(guest.host);
            (guest.services, guest.guest_services, host, guest.arrivals)
        }
    };
    let node = Node {
        services,
        ..whole.clone()
    };
    let mut plans = plan_links(topology, &node);
    let first = plans.len();
    plans.extend(plan_links_inside(
        topology,
        whole,
        &node.services,
        &guest_services,
        first,
    ));
    let links: Vec<_> = plans.into_iter().map(Link::new).collect();
    let listens_by = match host {
        None => kinds_dialled_by_others(topology, whole),
        Some(_) => Vec::new(),
    };
    let plan = Plan {
        topology,
        folder,
        node: &node,
        links: &links,
        listens_by: &listens_by,
        host: host.as_ref(),
    };
    let is_guest = host.is_some();
    let claim = match is_guest || plan_is_empty(&plan, &guest_services) {
        true => None,
        false => Some(Claim::take(&topology.socket_folder, &node.name)?),
    };
    let (seat, lane_bell) = match is_guest || claim.is_some() {
        true => {
            let (seat, lane_bell) = start_seat(&plan)?;
            (Some(seat), lane_bell)
        }
        false => (None, None),
    };
    Ok(Assembled {
        guest_services: match is_guest {
            true => Vec::new(),
            false => guest_services,
        },
        node,
        links,
        claim,
        seat,
        lane_bell,
        host,
        arrivals,
    })
}

fn check_services(node: &Node, services: &[String]) -> Result<(), NodeError> {
    let unknown = services.iter().find(|each| !node.services.contains(each));
    match unknown {
        None => Ok(()),
        Some(service) => Err(NodeError::UnknownService {
            service: service.clone(),
            known: node.services.clone(),
        }),
    }
}

/// Whether nothing ever comes or goes.
fn plan_is_empty(plan: &Plan<'_>, guest_services: &[String]) -> bool {
    plan.links.is_empty() && plan.listens_by.is_empty() && guest_services.is_empty()
}

/// What others dial any of the node's services by.
fn kinds_dialled_by_others(topology: &Topology, node: &Node) -> Vec<RouteKind> {
    let mut kinds = Vec::new();
    for plan in plan_links(topology, node) {
        if !plan.is_dialled && !kinds.contains(&plan.kind) {
            kinds.push(plan.kind);
        }
    }
    kinds
}
