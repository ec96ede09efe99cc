//! What the parts of a topology must not say together.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::model::{Node, RouteKind, Topology};
use super::problem::{did_you_mean, Problem};
use super::reading::problem;
use super::routes::default_kind;

/// Bytes of a unix socket's path on Linux: `sun_path` has 108 with the closing NUL.
const SOCKET_PATH_MAX: usize = 107;

/// All of them.
pub(super) fn find_contradictions(topology: &Topology) -> Vec<Problem> {
    let mut problems = Vec::new();
    find_repeated_nodes(topology, &mut problems);
    find_repeated_services(topology, &mut problems);
    find_addresses(topology, &mut problems);
    find_paths(topology, &mut problems);
    find_settings(topology, &mut problems);
    problems
}

fn find_repeated_nodes(topology: &Topology, problems: &mut Vec<Problem>) {
    let mut names = BTreeMap::new();
    let mut numbers = BTreeMap::new();
    for node in &topology.nodes {
        let before = *names.entry(&node.name).or_insert(node);
        if before.line != node.line {
            let message = format!(
                "a node called `{}` is already in line {}",
                node.name, before.line
            );
            problems.push(problem(node.line, message, ""));
        }
        let before = *numbers.entry(node.number).or_insert(node);
        if before.name != node.name {
            let message = format!(
                "`{}` has the number {}, as `{}` has",
                node.name, node.number, before.name
            );
            problems.push(problem(node.line, message, "give one of them another `id`"));
        }
    }
}

fn find_repeated_services(topology: &Topology, problems: &mut Vec<Problem>) {
    let mut first: BTreeMap<&str, &Node> = BTreeMap::new();
    for node in &topology.nodes {
        for service in &node.services {
            if let Some(before) = first.get(service.as_str()) {
                let place = if before.line == node.line {
                    "twice on this node".to_owned()
                } else {
                    format!("on `{}` too", before.name)
                };
                let message = format!("service `{service}` is {place}");
                problems.push(problem(
                    node.line,
                    message,
                    "a service runs on one node, once",
                ));
            }
            first.entry(service).or_insert(node);
        }
    }
}

fn find_addresses(topology: &Topology, problems: &mut Vec<Problem>) {
    let mut taken = BTreeMap::new();
    for node in &topology.nodes {
        let Some(port) = node.port else {
            if node.has_endpoint(RouteKind::Tcp) {
                let message = format!("`{}` has an endpoint of kind `tcp` and no port", node.name);
                problems.push(problem(node.line, message, ""));
            }
            continue;
        };
        let host = node.host_or_local();
        let before: &Node = taken.entry((host, port)).or_insert(node);
        if before.line != node.line {
            let message = format!(
                "`{}` has the address of `{}`, {host}:{port}",
                node.name, before.name
            );
            problems.push(problem(node.line, message, ""));
        }
        if node.tls.is_none() && !node.insecure && !is_loopback(host) {
            let message = format!(
                "`{}` can be reached at {host}:{port} without TLS",
                node.name
            );
            let mend = "give it `tls`, or write insecure = true";
            problems.push(problem(node.line, message, mend));
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn find_paths(topology: &Topology, problems: &mut Vec<Problem>) {
    let mut taken = BTreeMap::new();
    for node in &topology.nodes {
        let Some(path) = node
            .endpoint
            .as_ref()
            .and_then(|endpoint| endpoint.path.as_ref())
        else {
            continue;
        };
        let shown = path.display();
        let before: &Node = taken.entry(path).or_insert(node);
        if before.line != node.line {
            let message = format!("`{}` has the path of `{}`, {shown}", node.name, before.name);
            problems.push(problem(node.line, message, ""));
        }
        if !path.is_absolute() {
            let message = format!("`{shown}` is no absolute path");
            problems.push(problem(
                node.line,
                message,
                "every process must find the same place",
            ));
        }
        if path.as_os_str().len() + ".sock".len() > SOCKET_PATH_MAX {
            let message = format!("`{shown}` is too long for a socket beside it");
            let mend = format!("{} bytes at most", SOCKET_PATH_MAX - ".sock".len());
            problems.push(problem(node.line, message, &mend));
        }
    }
}

fn find_settings(topology: &Topology, problems: &mut Vec<Problem>) {
    for ((source, target), settings) in &topology.settings {
        let line = settings.line;
        let ends = (topology.node_of(source), topology.node_of(target));
        for (service, node) in [(source, ends.0), (target, ends.1)] {
            if node.is_none() {
                let message = format!("no node runs a service `{service}`");
                problems.push(problem(
                    line,
                    message,
                    &did_you_mean(service, topology.services()),
                ));
            }
        }
        let (Some(sender), Some(receiver)) = ends else {
            continue;
        };
        let found = match settings.kind {
            Some(kind) => kind_problem(sender, receiver, kind),
            None => way_problem(sender, receiver),
        };
        problems.extend(found.map(|(message, mend)| problem(line, message, mend)));
    }
}

/// Why two nodes cannot meet at all.
fn way_problem(sender: &Node, receiver: &Node) -> Option<(String, &'static str)> {
    let has_port = sender.port.is_some() || receiver.port.is_some();
    if has_port || default_kind(sender, receiver).0 != RouteKind::Tcp {
        return None;
    }
    let message = format!(
        "neither `{}` nor `{}` has a port, and they are on different hosts",
        sender.name, receiver.name
    );
    Some((message, "give one of them a `port`"))
}

/// Why two nodes cannot meet by this.
fn kind_problem(sender: &Node, receiver: &Node, kind: RouteKind) -> Option<(String, &'static str)> {
    let is_same_node = sender.name == receiver.name;
    let name = kind.name();
    if (kind == RouteKind::Local) != is_same_node {
        let place = if is_same_node {
            "the same node"
        } else {
            "different nodes"
        };
        let message = format!("a route of kind `{name}` cannot join services on {place}");
        return Some((message, ""));
    }
    if matches!(kind, RouteKind::Shm | RouteKind::Unix) && sender.host != receiver.host {
        let message = format!(
            "a route of kind `{name}` cannot join `{}` and `{}`: other hosts",
            sender.name, receiver.name
        );
        return Some((message, ""));
    }
    if kind == RouteKind::Shm
        && ![sender, receiver]
            .iter()
            .any(|node| node.has_endpoint(kind))
    {
        let message = "neither node has an endpoint of kind `shm`".to_owned();
        return Some((message, "give one of them endpoint.kind and endpoint.path"));
    }
    if kind == RouteKind::Tcp && sender.port.is_none() && receiver.port.is_none() {
        let message = format!(
            "neither `{}` nor `{}` has a port",
            sender.name, receiver.name
        );
        return Some((message, "give one of them a `port`"));
    }
    None
}
