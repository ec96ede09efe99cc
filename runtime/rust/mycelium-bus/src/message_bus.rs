//! The bus as a service sees it.

use std::any::{Any, TypeId};
use std::collections::hash_map::Entry;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::RequestError;
use crate::mailbox::Mailbox;
use crate::overflow::SubscriberOptions;
use crate::publisher::Publisher;
use crate::subscriber::Subscriber;
use crate::topic::{Subscription, Topic};
use mycelium::Message;

/// A message that can travel on a bus: shared between threads, and not borrowed from anything.
pub trait BusMessage: Message + Send + Sync + 'static {}

impl<M: Message + Send + Sync + 'static> BusMessage for M {}

/// Publishers, subscribers, requests and answers, by type of message, within this process.
///
/// A bus starts no thread and opens nothing; thousands live in one process. Clones are the same bus; when the last of them and of
/// its publishers and subscribers is dropped, nothing is left.
#[derive(Clone, Default)]
pub struct MessageBus {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    topics: HashMap<TypeId, Box<dyn AnyTopic>>,
    servers: HashMap<(TypeId, TypeId), Box<dyn Any + Send>>,
    is_closed: bool,
}

/// A topic of some type.
trait AnyTopic: Send {
    fn close(&self);
    fn as_any(&self) -> &dyn Any;
}

impl<M: BusMessage> AnyTopic for Arc<Topic<M>> {
    fn close(&self) {
        Topic::close(self);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

type Server<M, R> = Arc<dyn Fn(&M) -> Result<R, String> + Send + Sync>;

impl MessageBus {
    /// A bus of its own.
    pub fn new() -> Self {
        Self::default()
    }

    /// What publishes messages of this type.
    pub fn publisher<M: BusMessage>(&self) -> Publisher<M> {
        Publisher::new(self.topic())
    }

    /// A queue of what is published from now on, with room for 1,024 messages; a publisher that finds it full waits.
    pub fn subscriber<M: BusMessage>(&self) -> Subscriber<M> {
        self.subscriber_with(SubscriberOptions::default())
    }

    /// A queue of what is published from now on. On a closed bus it is closed.
    ///
    /// # Panics
    /// Where there is no memory for its capacity.
    pub fn subscriber_with<M: BusMessage>(&self, options: SubscriberOptions) -> Subscriber<M> {
        let topic = self.topic::<M>();
        let mailbox = Arc::new(Mailbox::new(options));
        let shared = self.lock();
        if shared.is_closed {
            mailbox.close();
        } else {
            topic.add(Arc::clone(&mailbox));
        }
        drop(shared);
        Subscriber::new(mailbox, topic)
    }

    /// Calls `callback` with each message, in the publisher's thread, before `publish` returns. It may publish. A panic is
    /// counted, and goes no further.
    pub fn subscribe<M: BusMessage>(
        &self,
        callback: impl Fn(&Arc<M>) + Send + Sync + 'static,
    ) -> Subscription<M> {
        self.topic::<M>().subscribe(Box::new(callback))
    }

    /// Answers requests of one type with messages of another; what answered them before does so no more.
    ///
    /// The handler runs in the thread of whoever asks, and refuses in words of its own.
    pub fn serve<M: BusMessage, R: BusMessage>(
        &self,
        handler: impl Fn(&M) -> Result<R, String> + Send + Sync + 'static,
    ) {
        let server: Server<M, R> = Arc::new(handler);
        let mut shared = self.lock();
        if !shared.is_closed {
            shared.servers.insert(ends::<M, R>(), Box::new(server));
        }
    }

    /// The answer to a message.
    ///
    /// # Errors
    /// [`RequestError::NoServer`], [`RequestError::Failed`] with the server's reason, [`RequestError::Closed`].
    pub fn request<M: BusMessage, R: BusMessage>(&self, message: &M) -> Result<R, RequestError> {
        let server = {
            let shared = self.lock();
            if shared.is_closed {
                return Err(RequestError::Closed);
            }
            let known = shared.servers.get(&ends::<M, R>());
            known.and_then(|server| server.downcast_ref::<Server<M, R>>().cloned())
        };
        let server = server.ok_or(RequestError::NoServer {
            request: M::NAME,
            reply: R::NAME,
        })?;
        server(message).map_err(RequestError::Failed)
    }

    /// Ends it, for all its clones: publishers get errors, subscribers give what they hold and end, callbacks and handlers are
    /// let go.
    pub fn close(&self) {
        let (topics, servers) = {
            let mut shared = self.lock();
            shared.is_closed = true;
            for topic in shared.topics.values() {
                topic.close();
            }
            let shared = &mut *shared;
            (
                std::mem::take(&mut shared.topics),
                std::mem::take(&mut shared.servers),
            )
        };
        // Dropped without the lock: what a handler owns may use the bus when it goes.
        drop((topics, servers));
    }

    fn topic<M: BusMessage>(&self) -> Arc<Topic<M>> {
        let mut shared = self.lock();
        if shared.is_closed {
            let closed = Arc::new(Topic::default());
            Topic::close(&closed);
            return closed;
        }
        let fresh = || Box::new(Arc::new(Topic::<M>::default()));
        let topic = match shared.topics.entry(TypeId::of::<M>()) {
            Entry::Occupied(known) => known
                .get()
                .as_any()
                .downcast_ref::<Arc<Topic<M>>>()
                .cloned(),
            Entry::Vacant(place) => {
                let topic = fresh();
                let shared_topic = Arc::clone(&topic);
                place.insert(topic);
                Some(shared_topic)
            }
        };
        // The key is the type, so what lies under it has it.
        topic.unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ends<M: 'static, R: 'static>() -> (TypeId, TypeId) {
    (TypeId::of::<M>(), TypeId::of::<R>())
}

impl fmt::Debug for MessageBus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = self.lock();
        formatter
            .debug_struct("MessageBus")
            .field("types", &shared.topics.len())
            .field("is_closed", &shared.is_closed)
            .finish_non_exhaustive()
    }
}
