//! Which services of a node wait without sleeping.

use std::num::NonZero;
use std::thread;

use crate::overflow::Wait;
use crate::topology::{Node, RouteWait, Topology};

/// How a service waits for messages unless it is told otherwise: as the routes to it say, of which the most impatient
/// counts.
fn wait_of(topology: &Topology, service: &str) -> Wait {
    let routes = topology
        .services()
        .filter_map(|source| topology.route(source, service));
    let waits: Vec<_> = routes.map(|route| route.wait).collect();
    if waits.contains(&RouteWait::Spin) {
        Wait::Spin
    } else if !waits.is_empty() && waits.iter().all(|wait| *wait == RouteWait::Block) {
        Wait::Block
    } else {
        Wait::Adaptive
    }
}

/// How each service of a node waits, and a warning where spinning is switched off, as more services of this host would
/// spin than it has processors.
pub(crate) fn waits(topology: &Topology, node: &Node) -> (Vec<Wait>, Option<String>) {
    let own = node.services.iter();
    let mut waits: Vec<_> = own.map(|service| wait_of(topology, service)).collect();
    let here = topology.nodes.iter().filter(|each| each.host == node.host);
    let spinning: Vec<_> = here
        .flat_map(|each| &each.services)
        .filter(|service| wait_of(topology, service) == Wait::Spin)
        .cloned()
        .collect();
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    if spinning.len() <= processors || !waits.contains(&Wait::Spin) {
        return (waits, None);
    }
    for wait in &mut waits {
        if *wait == Wait::Spin {
            *wait = Wait::Adaptive;
        }
    }
    let warning = format!(
        "{}: services that spin are {}, more than the {processors} processors here; they wait as `adaptive`, choose fewer",
        topology.name,
        spinning.join(", ")
    );
    (waits, Some(warning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_impatient_route_counts_and_too_many_do_not_spin() {
        let routes = |count: usize| {
            let services: Vec<_> = (0..count).map(|number| format!("'s{number}'")).collect();
            let mut text = format!(
                "[[nodes]]\nname = 'one'\nservices = [{}]\n[[nodes]]\nname = 'two'\nservices = ['feed']\n",
                services.join(", ")
            );
            for number in 0..count {
                text += &format!("[[routes]]\nfrom = 'feed'\nto = 's{number}'\nwait = 'spin'\n");
            }
            Topology::read(&text, "topology.toml").unwrap()
        };
        let topology = routes(1);
        assert_eq!(
            waits(&topology, &topology.nodes[0]),
            (vec![Wait::Spin], None)
        );
        assert_eq!(
            waits(&topology, &topology.nodes[1]),
            (vec![Wait::Adaptive], None)
        );
        let topology = routes(300);
        let (waits, warning) = waits(&topology, &topology.nodes[0]);
        assert!(waits.iter().all(|wait| *wait == Wait::Adaptive));
        assert!(warning.unwrap().contains("s0, s1"));
    }
}
