//! Waiting until a node is connected.

use super::core::NodeCore;
use super::error::NodeError;
use crate::overflow::Wait;
use crate::patience::{Patience, Waited};
use crate::topology::RouteKind;

impl NodeCore {
    pub(crate) fn wait_until_connected(&self, patience: Patience<'_>) -> Result<(), NodeError> {
        if !self.process.is_this() {
            return Err(NodeError::Forked);
        }
        let look = || {
            if self.is_closed() {
                return Some(Err(NodeError::Closed));
            }
            let are_all = self.links.iter().all(|link| link.is_established());
            are_all.then_some(Ok(()))
        };
        let mut patience = patience.begin();
        match self.wait_for(&self.links_changed, Wait::Block, &mut patience, look) {
            Waited::Found(found) => return found,
            Waited::Interrupted => return Err(NodeError::Interrupted),
            Waited::TimedOut => {}
        }
        let missing = self.links.iter().filter(|link| !link.is_established());
        let missing = missing.map(|link| {
            let plan = &link.plan;
            let (from, to, kind) = (&plan.from, &plan.to, plan.kind.name());
            let state = link.state();
            if plan.kind == RouteKind::Ffi {
                let way = match plan.is_dialled {
                    true => "within this process",
                    false => "waits for a guest to join",
                };
                return format!("{from} - {to} by {kind} ({way}; {state})");
            }
            let waits_for = match plan.is_dialled {
                true => "dials",
                false => "is dialled by",
            };
            format!(
                "{from} - {to} by {kind} ({waits_for} node `{}`; {state})",
                plan.peer_node
            )
        });
        Err(NodeError::NotConnected(missing.collect()))
    }

    /// Returns when `is_wanted`, of messages of that name.
    pub(crate) fn wait_until_wanted(
        &self,
        name: &str,
        patience: Patience<'_>,
        is_wanted: impl Fn() -> bool,
    ) -> Result<(), NodeError> {
        if !self.process.is_this() {
            return Err(NodeError::Forked);
        }
        let look = || match self.is_closed() {
            true => Some(Err(NodeError::Closed)),
            false => is_wanted().then_some(Ok(())),
        };
        let mut patience = patience.begin();
        match self.wait_for(&self.links_changed, Wait::Block, &mut patience, look) {
            Waited::Found(found) => found,
            Waited::Interrupted => Err(NodeError::Interrupted),
            _ => Err(NodeError::NotConnected(vec![format!(
                "no service of another node wants {name}"
            )])),
        }
    }
}
