//! From a topology to the links of one node.

use super::link::LinkPlan;
use super::status::LinkId;
use crate::lanes::LanePlan;
use crate::topology::{Node, Route, RouteKind, Topology};

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
        is_to_host: false,
        lanes: (kind == RouteKind::Shm)
            .then(|| LanePlan::of(listener, out))
            .flatten(),
    })
}

/// The links between the services of this core and those of the same node in other cores of this process: one for each pair.
/// A guest dials its host, and those guests whose service comes later in the topology; `guest_services` are all that guests
/// run.
pub(crate) fn plan_links_inside(
    topology: &Topology,
    node: &Node,
    services: &[String],
    guest_services: &[String],
    first: usize,
) -> Vec<LinkPlan> {
    let place = |service: &String| node.services.iter().position(|each| each == service);
    let elsewhere = node.services.iter().filter(|each| !services.contains(each));
    let pairs = services.iter().enumerate();
    let pairs = pairs.flat_map(|pair| elsewhere.clone().map(move |to| (pair, to)));
    let plans = pairs
        .enumerate()
        .filter_map(|(number, ((service, from), to))| {
            let (out, back) = (topology.route(from, to)?, topology.route(to, from)?);
            let is_guest = guest_services.contains(from);
            let is_with_guest = guest_services.contains(to);
            Some(LinkPlan {
                id: LinkId(u32::try_from(first + number).unwrap_or(u32::MAX)),
                service,
                from: from.clone(),
                to: to.clone(),
                kind: RouteKind::Ffi,
                peer_node: node.name.clone(),
                peer_number: node.number,
                // Both have the same number: the places of the services tell them apart.
                has_greater_number: place(from) > place(to),
                allow_out: out.allow.clone(),
                allow_in: back.allow,
                carries_out: true,
                carries_in: true,
                fails_when_full: out.fails_when_full,
                capacity: out.capacity as usize,
                is_dialled: is_guest && (!is_with_guest || place(from) < place(to)),
                is_to_host: is_guest && !is_with_guest,
                lanes: mycelium_lane::IS_SUPPORTED.then(|| LanePlan::in_memory(&out)),
            })
        });
    plans.collect()
}
