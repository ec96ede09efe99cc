//! What links bring of one type to one service, put before its receivers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use mycelium::DecodeError;

use super::topic::Topic;
use super::BusMessage;
use crate::metrics::{Latencies, LatencyRecorder};
use crate::node::{now, Delivered, Delivery, FrameReceiver, NodeCore};
use crate::raw::InboundFrame;

/// What links bring to the receivers of one service.
pub(super) struct Brought<M> {
    pub(super) topic: Topic<M>,
    missed: AtomicU64,
    latencies: OnceLock<Box<LatencyRecorder>>,
    delivery: Arc<Delivery>,
}

impl<M> Brought<M> {
    pub(super) fn new(topic: Topic<M>, delivery: Arc<Delivery>) -> Self {
        Self {
            topic,
            missed: AtomicU64::new(0),
            latencies: OnceLock::new(),
            delivery,
        }
    }

    /// How many messages links should have brought and did not.
    pub(super) fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    /// How long messages were on their way, where that is measured.
    pub(super) fn latencies(&self) -> Option<Latencies> {
        self.latencies.get().map(|recorder| recorder.snapshot())
    }

    /// From now on measures how long messages are on their way.
    pub(super) fn measure(&self) {
        if self.latencies.get().is_none() {
            // Where another was faster, its recorder stays.
            let _ = LatencyRecorder::new().map(|recorder| self.latencies.set(Box::new(recorder)));
        }
    }

    fn record(&self, frame: &InboundFrame<'_>) {
        if let (Some(latencies), Some(envelope)) = (self.latencies.get(), frame.envelope) {
            latencies.record(envelope.published_at, now());
        }
    }
}

impl<M: BusMessage> FrameReceiver for Brought<M> {
    fn deliver(
        &self,
        core: &NodeCore,
        frame: &InboundFrame<'_>,
        retry: &Waker,
    ) -> Result<Delivered, DecodeError> {
        loop {
            if let Some(full) = self.topic.full_gate() {
                full.emptied().register(retry);
                if !full.has_room() {
                    return Ok(Delivered::Later);
                }
                full.emptied().forget(retry);
            }
            let handlers = self.topic.handlers();
            if !handlers.is_empty() && !self.delivery.has_room_or_wakes(retry) {
                return Ok(Delivered::Later);
            }
            let message = Arc::new(M::decode(frame.body)?);
            if self.topic.fill(&message, false).is_err() {
                continue;
            }
            self.record(frame);
            if !handlers.is_empty() {
                let call = move || handlers.iter().for_each(|each| each.call(&message));
                self.delivery.put(core, Box::new(call));
            }
            return Ok(Delivered::Done);
        }
    }

    fn miss(&self, count: u64) {
        self.missed.fetch_add(count, Ordering::Relaxed);
    }
}
