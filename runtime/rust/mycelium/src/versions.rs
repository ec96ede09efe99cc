//! Whether this side and a peer read each other's messages, settled when they connect.
//!
//! Each generated message knows its [`VersionHistory`], from the committed lock of its schemas. A peer says which
//! [`PeerVersion`] it has. [`version_verdict`] compares the two, for the [`Direction`] in which data flows.

use std::fmt;

use crate::control;

/// Which way one version and another read each other, seen from the side that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Neither reads the other.
    Neither,
    /// This side reads what the other writes.
    Reads,
    /// The other side reads what this one writes.
    IsReadBy,
    /// Each reads the other.
    Both,
}

impl Direction {
    const fn of(reads: bool, is_read_by: bool) -> Self {
        match (reads, is_read_by) {
            (false, false) => Self::Neither,
            (true, false) => Self::Reads,
            (false, true) => Self::IsReadBy,
            (true, true) => Self::Both,
        }
    }

    /// Whether this side reads what the other writes.
    pub const fn reads(self) -> bool {
        matches!(self, Self::Reads | Self::Both)
    }

    /// Whether the other side reads what this one writes.
    pub const fn is_read_by(self) -> bool {
        matches!(self, Self::IsReadBy | Self::Both)
    }

    /// What either of the two allows.
    pub const fn or(self, other: Self) -> Self {
        Self::of(
            self.reads() || other.reads(),
            self.is_read_by() || other.is_read_by(),
        )
    }

    /// What this one allows and the other does not.
    pub const fn without(self, other: Self) -> Self {
        Self::of(
            self.reads() && !other.reads(),
            self.is_read_by() && !other.is_read_by(),
        )
    }

    /// The same as the other side says it.
    pub const fn reversed(self) -> Self {
        Self::of(self.is_read_by(), self.reads())
    }

    /// The direction as a Hello carries it; None for `Neither`, of which no Hello speaks.
    pub const fn announced(self) -> Option<control::Direction> {
        match self {
            Self::Neither => None,
            Self::Reads => Some(control::Direction::Reads),
            Self::IsReadBy => Some(control::Direction::IsReadBy),
            Self::Both => Some(control::Direction::Both),
        }
    }
}

/// The direction a Hello carried.
impl From<control::Direction> for Direction {
    fn from(direction: control::Direction) -> Self {
        match direction {
            control::Direction::Reads => Self::Reads,
            control::Direction::IsReadBy => Self::IsReadBy,
            control::Direction::Both => Self::Both,
        }
    }
}

/// Released versions of a message that share a wire digest other than the present one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownVersion {
    /// Their names, such as `1.0` or `1.0 or 1.1`.
    pub version: &'static str,
    /// Their wire digest.
    pub wire_digest: u64,
    /// Which way the present version and these read each other.
    pub direction: Direction,
    /// What changed from them to the present version, in short sentences; may be empty.
    pub differences: &'static str,
}

/// What the lock of the schemas knows of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionHistory {
    /// The released version that is exactly the present one, or `unreleased`.
    pub version: &'static str,
    /// The names of all released versions with the present wire digest; may be empty.
    pub same: &'static str,
    /// All other released versions, the newest first.
    pub known: &'static [KnownVersion],
}

/// The version of a message that no release has as it is.
const UNRELEASED: &str = "unreleased";

impl VersionHistory {
    /// That of a message without history.
    pub const EMPTY: Self = Self {
        version: UNRELEASED,
        same: "",
        known: &[],
    };

    /// The released versions of that wire digest.
    pub fn find(&self, wire_digest: u64) -> Option<&'static KnownVersion> {
        self.known
            .iter()
            .find(|known| known.wire_digest == wire_digest)
    }

    /// The digests this history vouches for, each with its direction, as a Hello announces them.
    pub fn accepted(&self) -> impl Iterator<Item = (u64, Direction)> {
        let vouched = self
            .known
            .iter()
            .filter(|known| known.direction != Direction::Neither);
        vouched.map(|known| (known.wire_digest, known.direction))
    }
}

/// What a peer says of its version of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerVersion<'a> {
    /// Its wire digest.
    pub wire_digest: u64,
    /// Its version. Anything but 1 to 32 printable ASCII characters without spaces counts as none.
    pub version: Option<&'a str>,
    /// The other digests its own history vouches for, with the direction as the peer sees it.
    pub accepted: &'a [(u64, Direction)],
}

impl PeerVersion<'_> {
    /// A peer of which nothing but the wire digest is known.
    pub const fn of(wire_digest: u64) -> Self {
        Self {
            wire_digest,
            version: None,
            accepted: &[],
        }
    }
}

/// How well two versions of a message go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compatibility {
    /// The same wire digest: every byte means the same.
    Exact,
    /// Committed history vouches that data can flow as it is asked to.
    Compatible,
    /// Data must not flow.
    Incompatible,
}

/// The verdict on one message; its `Display` form says it in a sentence, for errors and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionVerdict<'a> {
    /// The verdict itself.
    pub compatibility: Compatibility,
    name: &'static str,
    wire_digest: u64,
    history: VersionHistory,
    peer: PeerVersion<'a>,
    flow: Direction,
    here: Direction,
    there: Direction,
    is_known: bool,
}

/// Whether data of the message `name`, of which this side has the version `wire_digest`, can flow.
///
/// Either side's history may vouch for the other's digest, for each direction of the flow. Allocates nothing.
pub fn version_verdict<'a>(
    name: &'static str,
    wire_digest: u64,
    history: VersionHistory,
    peer: PeerVersion<'a>,
    flow: Direction,
) -> VersionVerdict<'a> {
    let known = history.find(peer.wire_digest);
    let here = known.map_or(Direction::Neither, |known| known.direction);
    let mut there = Direction::Neither;
    let mut is_known = known.is_some();
    for &(digest, direction) in peer.accepted {
        if digest == wire_digest {
            there = there.or(direction.reversed());
            is_known = true;
        }
    }
    let compatibility = if peer.wire_digest == wire_digest {
        Compatibility::Exact
    } else if flow.without(here.or(there)) == Direction::Neither {
        Compatibility::Compatible
    } else {
        Compatibility::Incompatible
    };
    VersionVerdict {
        compatibility,
        name,
        wire_digest,
        history,
        peer,
        flow,
        here,
        there,
        is_known,
    }
}

impl VersionVerdict<'_> {
    /// The version of the peer: as it says itself, or as the history here names its digest; may be empty.
    fn peer_version(&self) -> &str {
        match self.peer.version {
            Some(version) if is_plain(version) => version,
            _ if self.compatibility == Compatibility::Exact => self.history.same,
            _ => self
                .history
                .find(self.peer.wire_digest)
                .map_or("", |known| known.version),
        }
    }

    fn differences(&self) -> &'static str {
        let known = self.history.find(self.peer.wire_digest);
        known.map_or("", |known| known.differences)
    }

    /// Which history vouches for the whole flow.
    fn voucher(&self) -> &'static str {
        if self.flow == Direction::Neither {
            ""
        } else if self.flow.without(self.here) == Direction::Neither {
            ", as the history here says"
        } else if self.flow.without(self.there) == Direction::Neither {
            ", as the peer's history says"
        } else {
            ", as both histories together say"
        }
    }
}

impl fmt::Display for VersionVerdict<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let here = Version(self.history.version, self.wire_digest);
        let there = Version(self.peer_version(), self.peer.wire_digest);
        write!(
            formatter,
            "{}: {here} here, {there} at the peer: ",
            self.name
        )?;
        let missing = self.flow.without(self.here.or(self.there));
        match self.compatibility {
            Compatibility::Exact => return formatter.write_str("the same on the wire"),
            Compatibility::Compatible => {
                formatter.write_str(can_flow(self.flow))?;
                formatter.write_str(self.voucher())?;
            }
            Compatibility::Incompatible if self.is_known => {
                formatter.write_str(cannot_flow(missing))?;
            }
            Compatibility::Incompatible => {
                write!(formatter, "no history says that {}", can_flow(missing))?;
            }
        }
        if !self.differences().is_empty() {
            let differences = self.differences();
            write!(
                formatter,
                "; from the peer's version to this one: {differences}"
            )?;
        }
        match self.compatibility {
            Compatibility::Incompatible if self.is_known => formatter.write_str(MEND_KNOWN),
            Compatibility::Incompatible => formatter.write_str(MEND_UNKNOWN),
            _ => Ok(()),
        }
    }
}

const MEND_KNOWN: &str = "; generate both sides from versions that read each other";
const MEND_UNKNOWN: &str = "; record both versions in one lock and generate again, or give both \
                            sides the same version";

/// How a sentence names a version, of which "" is not known.
struct Version<'a>(&'a str, u64);

impl fmt::Display for Version<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => formatter.write_str("an unknown version")?,
            UNRELEASED => formatter.write_str("an unreleased version")?,
            version => write!(formatter, "version {version}")?,
        }
        write!(formatter, " (wire digest {:016x})", self.1)
    }
}

/// Whether a name that a peer gave may stand in a line of a log.
fn is_plain(version: &str) -> bool {
    (1..=32).contains(&version.len()) && version.bytes().all(|byte| byte.is_ascii_graphic())
}

fn can_flow(flow: Direction) -> &'static str {
    match flow {
        Direction::Neither => "nothing flows",
        Direction::Reads => "this side reads what the peer writes",
        Direction::IsReadBy => "the peer reads what this side writes",
        Direction::Both => "each side reads what the other writes",
    }
}

fn cannot_flow(flow: Direction) -> &'static str {
    match flow {
        Direction::Neither => "nothing flows",
        Direction::Reads => "this side cannot read what the peer writes",
        Direction::IsReadBy => "the peer cannot read what this side writes",
        Direction::Both => "neither side can read what the other writes",
    }
}
