//! What is asked line by line, and answered line by line.

use std::io::{self, Write};
use std::sync::Arc;

use mycelium_bus::Node;

use crate::answer::{Answer, Failure};
use crate::peer::{Peer, Version};

/// Answers for the node until the end, or until `exit`; whether there is a node.
pub fn converse(
    node: Result<Node, Failure>,
    version: Version,
    lines: &mut dyn Iterator<Item = io::Result<String>>,
    output: &mut dyn Write,
) -> bool {
    let peer = match node {
        Ok(node) => Arc::new(Peer::new(node, version)),
        Err(failure) => {
            say(output, &Err(failure));
            return false;
        }
    };
    say(output, &Ok(String::new()));
    for line in lines {
        let Ok(line) = line else { break };
        let words: Vec<&str> = line.split_whitespace().collect();
        if words == ["exit"] {
            break;
        }
        say(output, &peer.run(&words));
    }
    peer.close();
    true
}

/// One line, whatever it says.
pub fn say(output: &mut dyn Write, answer: &Answer) {
    let text = match answer {
        Ok(text) => format!("ok {text}"),
        Err(failure) => format!("error {failure}"),
    };
    let line = text.trim_end().replace('\\', "\\\\").replace('\n', "\\n");
    // Nobody listens any more: the end of input follows.
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}
