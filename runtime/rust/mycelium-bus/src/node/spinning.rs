//! Which services of a node wait without sleeping.

use super::processors::Processors;
use crate::overflow::Wait;
use crate::topology::{Node, RouteWait, Topology};

/// How a service waits for messages unless it is told otherwise: as the routes to it say, of which the most impatient
/// counts.
fn wait_of(topology: &Topology, service: &str) -> Wait {
    let routes = topology
        .services()
        .filter(|source| *source != service)
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

/// How each service of a node waits, and a warning where spinning is switched off: more services would spin than there are
/// processors, of this node for those that it may use, or of this host for those that all have together.
pub(crate) fn waits(
    topology: &Topology,
    node: &Node,
    processors: Processors,
) -> (Vec<Wait>, Option<String>) {
    let spins = |service: &&String| wait_of(topology, service) == Wait::Spin;
    let here = topology.nodes.iter().filter(|each| each.host == node.host);
    let here: Vec<_> = here.flat_map(|each| &each.services).filter(spins).collect();
    let own: Vec<_> = node.services.iter().filter(spins).collect();
    let waits = node.services.iter();
    let waits: Vec<_> = waits.map(|service| wait_of(topology, service)).collect();
    let (too_many, processors) = if own.len() > processors.own {
        let count = processors.own;
        let name = &node.name;
        (own, format!("{count} that node `{name}` may run on"))
    } else if here.len() > processors.shared && !own.is_empty() {
        (here, format!("{} of this host", processors.shared))
    } else {
        return (waits, None);
    };
    let calmed = waits.into_iter().map(|wait| match wait {
        Wait::Spin => Wait::Adaptive,
        other => other,
    });
    let names: Vec<_> = too_many.into_iter().map(String::as_str).collect();
    let warning = format!(
        "{}: the services that spin are {}, more than the processors: {processors}; those of node `{}` wait as `adaptive`. Let \
         fewer spin, or give them more processors",
        topology.name,
        names.join(", "),
        node.name
    );
    (calmed.collect(), Some(warning))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Node `one` with that many services that spin, and node `two` with one.
    fn topology(count: usize) -> Topology {
        let services: Vec<_> = (0..count).map(|number| format!("'s{number}'")).collect();
        let mut text = format!(
            "[[nodes]]\nname = 'one'\nservices = [{}]\n[[nodes]]\nname = 'two'\nservices = ['feed', 'book']\n",
            services.join(", ")
        );
        for number in 0..count {
            text += &format!("[[routes]]\nfrom = 'feed'\nto = 's{number}'\nwait = 'spin'\n");
        }
        text += "[[routes]]\nfrom = 's0'\nto = 'feed'\nwait = 'spin'\n";
        Topology::read(&text, "topology.toml").unwrap()
    }

    fn warning(count: usize, own: usize, shared: usize) -> Option<String> {
        let topology = topology(count);
        let processors = Processors { own, shared };
        let (waits, warning) = waits(&topology, &topology.nodes[0], processors);
        let expected = match warning {
            None => Wait::Spin,
            Some(_) => Wait::Adaptive,
        };
        assert_eq!(waits, vec![expected; count]);
        warning
    }

    #[test]
    fn the_most_impatient_route_counts() {
        let topology = topology(1);
        let many = Processors { own: 8, shared: 8 };
        let of = |node: usize| waits(&topology, &topology.nodes[node], many);
        assert_eq!(of(0), (vec![Wait::Spin], None));
        assert_eq!(of(1), (vec![Wait::Spin, Wait::Adaptive], None));
    }

    #[test]
    fn a_service_that_all_let_sleep_sleeps() {
        let text = "[[nodes]]\nname = 'one'\nservices = ['a']\n[[nodes]]\nname = 'two'\nservices = ['b']\n\
                    [[routes]]\nfrom = 'a'\nto = 'b'\nwait = 'block'\n";
        let topology = Topology::read(text, "topology.toml").unwrap();
        let one = Processors { own: 1, shared: 1 };
        let of = |node: usize| waits(&topology, &topology.nodes[node], one);
        assert_eq!(of(0), (vec![Wait::Adaptive], None));
        assert_eq!(of(1), (vec![Wait::Block], None));
    }

    #[test]
    fn more_than_the_processors_do_not_spin() {
        assert_eq!(warning(2, 4, 4), None);
        // Another service of this host spins, too.
        assert_eq!(warning(3, 4, 4), None);
        let reason = warning(4, 4, 4).unwrap();
        assert!(reason.contains(
            "s0, s1, s2, s3, feed, more than the processors: 4 of this host; those of node `one`"
        ));
    }

    #[test]
    fn a_node_that_is_pinned_spins_on_its_own_processors() {
        // Its peer is pinned to another.
        assert_eq!(warning(1, 1, 2), None);
        let reason = warning(2, 1, 8).unwrap();
        assert!(reason
            .contains("s0, s1, more than the processors: 1 that node `one` may run on; those"));
        assert!(warning(2, 2, 2).unwrap().contains("2 of this host"));
    }
}
