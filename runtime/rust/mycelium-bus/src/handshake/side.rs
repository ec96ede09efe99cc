//! What one side is and uses.

use mycelium::MessageInformation;

use super::manner::Manner;

/// This side of a link, and whom it expects on the other.
#[derive(Clone, Debug)]
pub(crate) struct LocalSide {
    /// This node's number and name.
    pub(crate) node: u32,
    pub(crate) node_name: String,
    /// All services of this node.
    pub(crate) services: Vec<String>,
    /// The service of this side that the link is for.
    pub(crate) from: String,
    /// The service of the other side that the link is for.
    pub(crate) to: String,
    /// The other node, as the topology has it.
    pub(crate) peer: u32,
    pub(crate) peer_name: String,
    /// The names of the messages that may leave here over this link, whole or their last part; None is all.
    pub(crate) allow_out: Option<Vec<String>>,
    /// The same for messages that may come in.
    pub(crate) allow_in: Option<Vec<String>>,
}

/// What this side does with a message type on a link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) information: MessageInformation,
    /// How it is wanted here; [`Manner::NOT`] where it is only sent.
    pub(crate) wants: Manner,
}

/// A message type that does not flow, with the reason in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MismatchNote {
    pub(crate) type_id: u16,
    pub(crate) name: String,
    pub(crate) reason: String,
}

/// Whether a list of names lets a message pass.
pub(crate) fn allows(allowed: Option<&[String]>, name: &str) -> bool {
    allowed.is_none_or(|names| {
        let last = name.rsplit('.').next().unwrap_or(name);
        names.iter().any(|each| each == name || each == last)
    })
}
