//! What links bring of one type to one service, put before its receivers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use mycelium::DecodeError;

use super::merged::{Arrival, Origin};
use super::topic::Topic;
use super::BusMessage;
use crate::metrics::{Latencies, LatencyRecorder};
use crate::node::{now, Delivered, Delivery, FrameReceiver, NodeCore};
use crate::raw::InboundFrame;
use crate::trace::{within, SpanReference};

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

    /// What is known of a message that comes, where anybody needs to know.
    fn arrival(&self, core: &NodeCore, frame: &InboundFrame<'_>) -> Option<Arrival> {
        if !self.topic.merges() {
            return None;
        }
        let envelope = frame.envelope?;
        let link = core.links().get(frame.link.index())?;
        Some(Arrival {
            source: link.plan.to.as_str().into(),
            origin: Origin::Elsewhere(envelope.published_at, envelope.sequence),
        })
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
        let arrival = self.arrival(core, frame);
        loop {
            if let Some(full) = self.topic.full_gate(arrival.as_ref()) {
                full.emptied().register(retry);
                if !full.has_room_for(arrival.as_ref()) {
                    return Ok(Delivered::Later);
                }
                full.emptied().forget(retry);
            }
            let handlers = self.topic.handlers();
            if !handlers.is_empty() && !self.delivery.has_room_or_wakes(retry) {
                return Ok(Delivered::Later);
            }
            let message = Arc::new(M::decode(frame.body)?);
            if self.topic.fill(&message, false, arrival.as_ref()).is_err() {
                continue;
            }
            self.record(frame);
            if !handlers.is_empty() {
                let span = frame.envelope.as_ref().and_then(SpanReference::of);
                let call = move || {
                    within(span, || {
                        handlers.iter().for_each(|each| each.call(&message))
                    });
                };
                self.delivery.put(core, Box::new(call));
            }
            return Ok(Delivered::Done);
        }
    }

    fn direct(&self) -> Option<(usize, u32)> {
        let only = self.topic.only_queue()?;
        // Whose way is measured is not taken in passing.
        self.latencies.get().is_none().then_some((only, 0))
    }

    fn promise(&self, source: &str, time: i64) {
        let source = source.into();
        self.topic
            .each_merging(|queue| queue.promise(&source, time));
    }

    fn expect(&self, source: &str) {
        let source = source.into();
        self.topic.each_merging(|queue| queue.expect(&source));
    }

    fn leave(&self, source: &str) {
        let source = source.into();
        self.topic.each_merging(|queue| queue.leave(&source));
    }

    fn miss(&self, count: u64) {
        self.missed.fetch_add(count, Ordering::Relaxed);
    }
}
