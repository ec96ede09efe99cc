//! What can go wrong on a bus.

use std::fmt;

/// A message that was not published, which is given back to nobody: it is shared, and the caller may keep a clone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishError {
    /// The bus was closed.
    Closed,
    /// A subscriber that loses nothing has no room; nobody got the message.
    Full,
}

impl fmt::Display for PublishError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Closed => "the bus was closed",
            Self::Full => "a subscriber has no room for one more message; nobody got it",
        })
    }
}

impl std::error::Error for PublishError {}

/// No message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecvError {
    /// The bus was closed, and everything that waited has been received.
    Closed,
    /// None came in time.
    TimedOut,
}

impl fmt::Display for RecvError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Closed => "the bus was closed and no message is left",
            Self::TimedOut => "no message came in time",
        })
    }
}

impl std::error::Error for RecvError {}

/// A request without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The bus was closed.
    Closed,
    /// Nobody serves requests of this type with answers of that type.
    NoServer {
        /// The name of the request's type.
        request: &'static str,
        /// The name of the answer's type.
        reply: &'static str,
    },
    /// The server refused, in its own words.
    Failed(String),
}

impl fmt::Display for RequestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => formatter.write_str("the bus was closed"),
            Self::NoServer { request, reply } => {
                write!(formatter, "nobody answers {request} with {reply}")
            }
            Self::Failed(reason) => write!(formatter, "the server refused: {reason}"),
        }
    }
}

impl std::error::Error for RequestError {}
