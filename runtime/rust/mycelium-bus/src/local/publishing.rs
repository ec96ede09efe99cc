//! The way of a message from its publisher to everybody who wants it.

use std::sync::atomic::Ordering;
use std::sync::Arc;

use mycelium::Message;

use super::publisher::Publishable;
use super::topic::Topic;
use crate::error::PublishError;
use crate::node::{FrameBuffer, NodeCore, Outbound};
use crate::patience::Patience;

impl<M: Message> Topic<M> {
    /// Delivers to everybody. With `may_wait` a full gate that blocks holds the caller.
    #[inline]
    pub(crate) fn publish(
        &self,
        node: Option<&NodeCore>,
        message: impl Publishable<M>,
        may_wait: bool,
    ) -> Result<(), PublishError> {
        if self.is_closed.load(Ordering::Acquire) {
            return Err(PublishError::Closed);
        }
        if let (Some(links), Some(node)) = (&self.links, node) {
            if links.is_wanted() {
                return self.publish_beyond(links, node, message, may_wait);
            }
        }
        self.deliver(message, may_wait)
    }

    #[inline]
    fn publish_beyond(
        &self,
        links: &Outbound,
        node: &NodeCore,
        message: impl Publishable<M>,
        may_wait: bool,
    ) -> Result<(), PublishError> {
        node.check()?;
        let mut frame = FrameBuffer::of_this_thread();
        message
            .borrow()
            .encode(frame.body())
            .and_then(|()| frame.check_length(M::TYPE_ID.unwrap_or(0)))
            .map_err(PublishError::Invalid)?;
        if !self.is_heard.load(Ordering::Acquire) && links.send_to_only(node, &mut frame) {
            self.published.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        let patience = may_wait.then(Patience::endless);
        links.await_room(node, frame.len(), patience)?;
        self.deliver(message, may_wait)?;
        links.send(node, &mut frame);
        Ok(())
    }

    #[inline]
    fn deliver(&self, message: impl Publishable<M>, may_wait: bool) -> Result<(), PublishError> {
        'alone: {
            let Some(entered) = self.lone.enter() else {
                break 'alone;
            };
            let Some(place) = entered.place() else {
                break 'alone;
            };
            place.fill(message);
            entered.tell();
            return Ok(());
        }
        self.deliver_otherwise(message, may_wait)
    }

    #[inline(never)]
    fn deliver_otherwise(
        &self,
        message: impl Publishable<M>,
        may_wait: bool,
    ) -> Result<(), PublishError> {
        let receivers = self.receivers.load();
        let Some(only) = receivers.only() else {
            drop(receivers);
            return self.deliver_to_all(&message.into(), may_wait);
        };
        only.pass(message, may_wait)?;
        self.published.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn deliver_to_all(&self, message: &Arc<M>, may_wait: bool) -> Result<(), PublishError> {
        self.fill(message, may_wait, None)?;
        self.published.fetch_add(1, Ordering::Relaxed);
        for handler in &self.receivers.load().handlers {
            handler.call(message);
        }
        Ok(())
    }
}
