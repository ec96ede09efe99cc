//! What a link has to do.

use mycelium::control::{Goodbye, Heartbeat, LaneJoined, LaneOffer};

use super::manner::Manner;
use super::side::MismatchNote;

/// Something the link has to do, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Send this frame.
    Send(Vec<u8>),
    /// Messages may flow from now on.
    Established {
        /// The peer's number.
        node: u32,
        /// The peer's name.
        node_name: String,
    },
    /// The peer wants a type in this manner, and both agree; None: no more.
    OutboundChanged {
        type_id: u16,
        manner: Option<Manner>,
    },
    /// Whether a type that this side wants comes.
    InboundChanged { type_id: u16, is_agreed: bool },
    /// Whether messages of a type are to be passed over, should the peer send them all the same.
    Barred { type_id: u16, is_barred: bool },
    /// A type does not flow; a reason that was told before is told again only if it changed.
    Mismatch(MismatchNote),
    /// A type flows again, or nobody wants it to any more.
    Mended { type_id: u16 },
    /// A request was not served.
    Refused { correlation_id: u64, reason: String },
    /// The peer lives.
    Heartbeat(Heartbeat),
    /// The peer will close the connection.
    Goodbye(Goodbye),
    /// The peer's lane is ready.
    LaneOffer(LaneOffer),
    /// The peer reads this side's lane.
    LaneJoined(LaneJoined),
}
