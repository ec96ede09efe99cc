//! What the services of one process published and received of one type, counted.

use std::collections::BTreeMap;

use super::subject::{Receiver, Subject};
use super::BusMessage;
use crate::metrics::{Metrics, PublisherMetrics, SubscriberMetrics};

impl<M: BusMessage> Subject<M> {
    /// Adds what this type has to tell; `name_of` gives the name of a service.
    pub(super) fn count(&self, name_of: &dyn Fn(usize) -> String, metrics: &mut Metrics) {
        let topic = M::TOPIC.map(str::to_owned);
        for (service, published) in self.published() {
            metrics.publishers.push(PublisherMetrics {
                service: name_of(service),
                message: M::NAME.to_owned(),
                topic: topic.clone(),
                published,
            });
        }
        for (service, mut counted) in self.received() {
            counted.service = name_of(service);
            counted.message = M::NAME.to_owned();
            counted.topic.clone_from(&topic);
            metrics.subscribers.push(counted);
        }
    }

    fn published(&self) -> Vec<(usize, u64)> {
        let state = self.lock();
        let topics = state.published_by.iter();
        topics
            .map(|(service, topic)| (*service, topic.published()))
            .collect()
    }

    /// By service: those who receive, and those who did and have gone.
    fn received(&self) -> BTreeMap<usize, SubscriberMetrics> {
        let state = self.lock();
        let mut counted = BTreeMap::<usize, SubscriberMetrics>::new();
        for (service, gone) in &state.gone {
            let all = counted.entry(*service).or_default();
            all.received += gone.received;
            all.lost.overflow += gone.overflow;
            all.lost.late += gone.late;
        }
        for member in &state.members {
            let all = counted.entry(member.service).or_default();
            all.subscribers += 1;
            if let Receiver::Queue(mailbox) = &member.receiver {
                all.received += mailbox.received();
                all.lost.overflow += mailbox.lost();
                all.lost.late += mailbox.late();
                all.waiting += mailbox.len() as u64;
            }
        }
        for (service, brought) in &state.brought_to {
            let all = counted.entry(*service).or_default();
            all.lost.link = brought.missed();
            all.latencies = brought.latencies();
        }
        counted
    }
}
