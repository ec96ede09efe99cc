//! Text to topology: every mistake is found, and named with its line.

use std::collections::btree_map::{BTreeMap, Entry as Place};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::entry::{Entry, Findings, NameRule};
use super::model::{
    node_number, Endpoint, Node, RouteKind, RouteSettings, RouteWait, TlsFiles, Topology,
};
use super::problem::{Problem, TopologyError};
use super::rules::find_contradictions;

/// Bytes of a topology file; one that is larger is none.
const FILE_SIZE_MAX: usize = 1 << 20;

const DEFAULT_SOCKET_FOLDER: &str = "/tmp/mycelium";

const NAME: NameRule = NameRule {
    holds: is_name,
    words: "1 to 128 letters, digits, `.`, `_` or `-`, the first a letter or digit",
};

const MESSAGE_NAME: NameRule = NameRule {
    holds: is_message_name,
    words: "the name of a message, as in `Quote`",
};

const NODE_KEYS: [&str; 8] = [
    "name", "services", "id", "host", "port", "endpoint", "tls", "insecure",
];
const ROUTE_KEYS: [&str; 7] = [
    "from", "to", "overflow", "capacity", "wait", "kind", "allow",
];

impl Topology {
    /// The topology in a file.
    ///
    /// # Errors
    /// Everything that is wrong with it; or that it cannot be read.
    pub fn load(path: &Path) -> Result<Self, TopologyError> {
        let name = path.display().to_string();
        let whole = |message: String| TopologyError::new(&name, vec![problem(1, message, "")]);
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(FILE_SIZE_MAX as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| whole(format!("cannot be read: {error}")))?;
        if bytes.len() > FILE_SIZE_MAX {
            return Err(whole(format!(
                "the file is larger than {FILE_SIZE_MAX} bytes"
            )));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..valid).unwrap_or(&[]);
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            TopologyError::new(
                &name,
                vec![problem(line, "this is not UTF-8".to_owned(), "")],
            )
        })?;
        Self::read(&text, &name)
    }

    /// The topology in a text; `name` stands for the file in errors.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(text: &str, name: &str) -> Result<Self, TopologyError> {
        let mut findings = Findings {
            text,
            problems: Vec::new(),
        };
        let document = DeTable::parse(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let message = format!("this is not TOML: {}", error.message());
            TopologyError::new(name, vec![problem(findings.line_at(offset), message, "")])
        })?;
        let top = Entry::new(document.get_ref(), 1);
        let (topology, repeated) = read_top(&top, &mut findings, name);
        let mut problems = findings.problems;
        if problems.is_empty() {
            problems = find_contradictions(&topology);
        }
        problems.extend(repeated);
        if problems.is_empty() {
            Ok(topology)
        } else {
            Err(TopologyError::new(name, problems))
        }
    }
}

pub(super) fn problem(line: usize, message: String, mend: &str) -> Problem {
    Problem {
        line,
        message,
        mend: mend.to_owned(),
    }
}

fn is_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=128).contains(&text.len())
        && text.as_bytes()[0].is_ascii_alphanumeric()
        && text.bytes().all(is_inner)
}

fn is_message_name(text: &str) -> bool {
    let is_first = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    text.as_bytes().first().is_some_and(is_first) && text.bytes().all(is_inner)
}

/// The topology, and routes that are set twice: all that can be wrong with it and still be held against the rules.
fn read_top(
    top: &Entry<'_, '_>,
    findings: &mut Findings<'_>,
    name: &str,
) -> (Topology, Vec<Problem>) {
    top.refuse_unknown(findings, "a topology", &["socket_dir", "nodes", "routes"]);
    let folder = top.path(findings, "socket_dir");
    let mut nodes = Vec::new();
    for entry in top.tables(findings, "nodes") {
        nodes.push(read_node(&entry, findings));
    }
    if nodes.is_empty() {
        let mend = "add a [[nodes]] table with `name` and `services`";
        top.problem(findings, "no nodes".to_owned(), mend);
    }
    let mut settings = BTreeMap::new();
    let mut repeated = Vec::new();
    for entry in top.tables(findings, "routes") {
        let (ends, route) = read_route(&entry, findings);
        match settings.entry(ends) {
            Place::Vacant(place) => {
                place.insert(route);
            }
            Place::Occupied(place) => {
                let (from, to) = place.key();
                let first = place.get().line;
                let message =
                    format!("the route from `{from}` to `{to}` is already set in line {first}");
                repeated.push(problem(entry.line, message, "keep one of the two"));
            }
        }
    }
    let topology = Topology {
        name: name.to_owned(),
        nodes,
        settings,
        socket_folder: folder.unwrap_or_else(|| PathBuf::from(DEFAULT_SOCKET_FOLDER)),
        text: findings.text.to_owned(),
    };
    (topology, repeated)
}

fn read_node(entry: &Entry<'_, '_>, findings: &mut Findings<'_>) -> Node {
    entry.refuse_unknown(findings, "a node", &NODE_KEYS);
    entry.require(findings, "name");
    entry.require(findings, "services");
    let name = entry.name(findings, "name", &NAME).unwrap_or_default();
    let services = entry.names(findings, "services", &NAME);
    if services.as_ref().is_some_and(Vec::is_empty) {
        let message = "`services` is empty".to_owned();
        entry.problem_at(findings, "services", message, "name at least one");
    }
    let port = entry.integer(findings, "port", 1, 65535);
    let number = entry.integer(findings, "id", 1, u32::MAX);
    Node {
        number: number.unwrap_or_else(|| node_number(&name)),
        name,
        services: services.unwrap_or_default(),
        line: entry.line,
        host: entry.text(findings, "host"),
        port: port.and_then(|port| u16::try_from(port).ok()),
        endpoint: read_endpoint(entry, findings),
        tls: read_tls(entry, findings),
        insecure: entry.boolean(findings, "insecure"),
    }
}

fn read_endpoint(node: &Entry<'_, '_>, findings: &mut Findings<'_>) -> Option<Endpoint> {
    let entry = node.table(findings, "endpoint")?;
    entry.refuse_unknown(findings, "an endpoint", &["kind", "path"]);
    entry.require(findings, "kind");
    let kind = entry.choice(findings, "kind", &["shm", "unix", "tcp"]);
    let path = entry.path(findings, "path");
    let kind = kind.as_deref().and_then(RouteKind::from_name);
    if kind == Some(RouteKind::Shm) && !entry.has("path") {
        let message = "an endpoint of kind `shm` needs a path".to_owned();
        entry.problem(
            findings,
            message,
            "for instance path = \"/dev/shm/mycelium/ml\"",
        );
    }
    if kind == Some(RouteKind::Tcp) && entry.has("path") {
        let message = "an endpoint of kind `tcp` has no path".to_owned();
        entry.problem_at(findings, "path", message, "give the node `host` and `port`");
    }
    Some(Endpoint {
        kind: kind.unwrap_or(RouteKind::Shm),
        path,
    })
}

fn read_tls(node: &Entry<'_, '_>, findings: &mut Findings<'_>) -> Option<TlsFiles> {
    let entry = node.table(findings, "tls")?;
    entry.refuse_unknown(findings, "tls", &["cert", "key", "ca"]);
    let mut file = |key| {
        entry.require(findings, key);
        entry.path(findings, key).unwrap_or_default()
    };
    Some(TlsFiles {
        cert: file("cert"),
        key: file("key"),
        ca: file("ca"),
    })
}

fn read_route(
    entry: &Entry<'_, '_>,
    findings: &mut Findings<'_>,
) -> ((String, String), RouteSettings) {
    entry.refuse_unknown(findings, "a route", &ROUTE_KEYS);
    entry.require(findings, "from");
    entry.require(findings, "to");
    let from = entry.text(findings, "from").unwrap_or_default();
    let to = entry.text(findings, "to").unwrap_or_default();
    let overflow = entry.choice(findings, "overflow", &["block", "error"]);
    let wait = entry.choice(findings, "wait", &["spin", "adaptive", "block"]);
    let kind = entry.choice(findings, "kind", &["local", "shm", "unix", "tcp"]);
    let settings = RouteSettings {
        line: entry.line,
        fails_when_full: overflow.map(|overflow| overflow == "error"),
        capacity: entry.integer(findings, "capacity", 1, 1 << 31),
        wait: wait.as_deref().and_then(RouteWait::from_name),
        kind: kind.as_deref().and_then(RouteKind::from_name),
        allow: entry.names(findings, "allow", &MESSAGE_NAME),
    };
    ((from, to), settings)
}
