//! What can go wrong on a bus.

use std::fmt;

use mycelium::{DecodeError, EncodeError};

/// A message that was not published, which is given back to nobody: it is shared, and the caller may keep a clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishError {
    /// The bus was closed.
    Closed,
    /// A subscriber that loses nothing has no room; nobody got the message.
    Full,
    /// The caller asked to wait no longer; nobody got the message.
    Interrupted,
    /// The message has a value that its schema does not allow, and would have to be encoded; nobody got it.
    Invalid(EncodeError),
    /// A time before the present one of the service, which never goes back; nobody got the message.
    Earlier {
        /// The time that was given, in nanoseconds since 1970-01-01 UTC.
        published_at: i64,
        /// The service's own.
        present: i64,
    },
    /// The process was forked after the bus was made.
    Forked,
}

const FORKED: &str = "the bus was made before this process was forked; make one in the child";

impl fmt::Display for PublishError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Closed => "the bus was closed",
            Self::Full => "a subscriber has no room for one more message; nobody got it",
            Self::Interrupted => "interrupted while waiting for room; nobody got the message",
            Self::Invalid(error) => return write!(formatter, "not sent to anybody: {error}"),
            Self::Earlier {
                published_at,
                present,
            } => {
                return write!(
                    formatter,
                    "published at {published_at}, which is before {present}, the time of its service: publish in the order of \
                     time, or by several services"
                )
            }
            Self::Forked => FORKED,
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
    /// The caller asked to wait no longer.
    Interrupted,
    /// The process was forked after the bus was made.
    Forked,
}

impl fmt::Display for RecvError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Closed => "the bus was closed and no message is left",
            Self::TimedOut => "no message came in time",
            Self::Interrupted => "interrupted while waiting for a message",
            Self::Forked => FORKED,
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
    /// Several services serve requests of this type, and none was named.
    Ambiguous {
        /// The name of the request's type.
        request: &'static str,
        /// The services, in the order of their names.
        services: Vec<String>,
    },
    /// The named service is not connected, or does not serve requests of this type.
    NotServedBy {
        /// The name of the request's type.
        request: &'static str,
        /// The service.
        service: String,
    },
    /// The server refused, in its own words.
    Failed(String),
    /// No answer came in time.
    TimedOut,
    /// The caller asked to wait no longer.
    Interrupted,
    /// The connection was lost before the answer came; whether the request was served is not known.
    Disconnected {
        /// The service that was asked.
        service: String,
    },
    /// The request has a value that its schema does not allow.
    Invalid(EncodeError),
    /// The answer is not what its schema allows.
    Undecodable(DecodeError),
    /// The process was forked after the bus was made.
    Forked,
}

impl fmt::Display for RequestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => formatter.write_str("the bus was closed"),
            Self::NoServer { request, reply } => {
                write!(formatter, "nobody answers {request} with {reply}")
            }
            Self::Ambiguous { request, services } => write!(
                formatter,
                "several services answer {request}: `{}`; say which to ask",
                services.join("`, `")
            ),
            Self::NotServedBy { request, service } => write!(
                formatter,
                "service `{service}` is not connected or does not answer {request}"
            ),
            Self::Failed(reason) => write!(formatter, "the server refused: {reason}"),
            Self::TimedOut => formatter.write_str("no answer came in time"),
            Self::Interrupted => formatter.write_str("interrupted while waiting for an answer"),
            Self::Disconnected { service } => write!(
                formatter,
                "the connection to service `{service}` was lost before its answer came; whether it served the request is unknown"
            ),
            Self::Invalid(error) => write!(formatter, "the request was not sent: {error}"),
            Self::Undecodable(error) => write!(formatter, "the answer cannot be read: {error}"),
            Self::Forked => formatter.write_str(FORKED),
        }
    }
}

impl std::error::Error for RequestError {}
