//! What a command is answered with.

use std::fmt;

use mycelium_bus::{NodeError, PublishError, RecvError, RequestError};

/// What is said after `ok`, or why not.
pub type Answer = Result<String, Failure>;

/// A word that names the kind, then a sentence for people.
#[derive(Debug)]
pub struct Failure {
    pub kind: &'static str,
    pub sentence: String,
}

impl Failure {
    pub fn new(kind: &'static str, sentence: impl fmt::Display) -> Self {
        Self {
            kind,
            sentence: sentence.to_string(),
        }
    }

    /// A line that is no command.
    pub fn usage(sentence: impl fmt::Display) -> Self {
        Self::new("usage", sentence)
    }

    /// With what was done before, between kind and sentence.
    pub fn after(self, done: impl fmt::Display) -> Self {
        Self {
            kind: self.kind,
            sentence: format!("{done} {}", self.sentence),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.sentence)
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        let kind = match &error {
            PublishError::Closed => "closed",
            PublishError::Full => "full",
            PublishError::Invalid(_) => "invalid",
            _ => "other",
        };
        Self::new(kind, error)
    }
}

impl From<RecvError> for Failure {
    fn from(error: RecvError) -> Self {
        let kind = match &error {
            RecvError::Closed => "closed",
            RecvError::TimedOut => "timed_out",
            _ => "other",
        };
        Self::new(kind, error)
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        let kind = match &error {
            RequestError::Closed => "closed",
            RequestError::NoServer { .. } | RequestError::NotServedBy { .. } => "no_server",
            RequestError::Ambiguous { .. } => "ambiguous",
            RequestError::Failed(_) => "failed",
            RequestError::TimedOut => "timed_out",
            RequestError::Disconnected { .. } => "disconnected",
            _ => "other",
        };
        Self::new(kind, error)
    }
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        Self::new("node", error)
    }
}
