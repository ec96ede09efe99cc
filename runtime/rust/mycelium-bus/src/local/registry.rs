//! All types of messages among the services of one process, and who answers requests.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::routes::LocalRoutes;
use super::subject::Subject;
use super::BusMessage;
use crate::metrics::Metrics;

/// A subject of some type.
trait AnySubject: Send {
    fn close(&self, service: usize);
    fn count(&self, name_of: &dyn Fn(usize) -> String, metrics: &mut Metrics);
    fn as_any(&self) -> &dyn Any;
}

impl<M: BusMessage> AnySubject for Arc<Subject<M>> {
    fn close(&self, service: usize) {
        Subject::close(self, service);
    }

    fn count(&self, name_of: &dyn Fn(usize) -> String, metrics: &mut Metrics) {
        Subject::count(self, name_of, metrics);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

pub(crate) type Server<M, R> = Arc<dyn Fn(&M) -> Result<R, String> + Send + Sync>;

/// A service and its server, of some type.
type Served = (usize, Box<dyn Any + Send>);

/// The request's and the answer's type.
type Ends = (TypeId, TypeId);

#[derive(Default)]
struct State {
    subjects: HashMap<TypeId, Box<dyn AnySubject>>,
    servers: HashMap<Ends, Vec<Served>>,
    closed: Vec<usize>,
}

/// What the buses of one process share.
#[derive(Default)]
pub(crate) struct Registry {
    routes: Arc<LocalRoutes>,
    state: Mutex<State>,
}

impl Registry {
    pub(crate) fn new(routes: LocalRoutes) -> Self {
        Self {
            routes: Arc::new(routes),
            state: Mutex::default(),
        }
    }

    /// All about one type; None once the service is closed.
    pub(super) fn subject<M: BusMessage>(&self, service: usize) -> Option<Arc<Subject<M>>> {
        let mut state = self.lock();
        if state.closed.contains(&service) {
            return None;
        }
        let fresh = || {
            let subject: Arc<Subject<M>> = Arc::new(Subject::new(Arc::clone(&self.routes)));
            Box::new(subject) as Box<dyn AnySubject>
        };
        let subject = state
            .subjects
            .entry(TypeId::of::<M>())
            .or_insert_with(fresh);
        subject.as_any().downcast_ref::<Arc<Subject<M>>>().cloned()
    }

    pub(super) fn is_closed(&self, service: usize) -> bool {
        self.lock().closed.contains(&service)
    }

    /// Has a service answer; what answered for it before does so no more. False once it is closed.
    pub(super) fn serve<M: BusMessage, R: BusMessage>(
        &self,
        service: usize,
        server: Server<M, R>,
    ) -> bool {
        let mut state = self.lock();
        if state.closed.contains(&service) {
            return false;
        }
        let servers = state.servers.entry(ends::<M, R>()).or_default();
        servers.retain(|(each, _)| *each != service);
        servers.push((service, Box::new(server)));
        true
    }

    /// Those who answer what `source` asks, by service.
    pub(super) fn servers<M: BusMessage, R: BusMessage>(
        &self,
        source: usize,
    ) -> Vec<(usize, Server<M, R>)> {
        let state = self.lock();
        let names = [M::NAME, M::SHORT_NAME];
        let servers = state.servers.get(&ends::<M, R>()).into_iter().flatten();
        servers
            .filter(|(target, _)| self.routes.allows(source, *target, names))
            .filter_map(|(target, server)| {
                Some((*target, server.downcast_ref::<Server<M, R>>()?.clone()))
            })
            .collect()
    }

    /// Ends a service: its publishers get errors, its subscribers end, its callbacks and handlers are let go.
    pub(crate) fn close(&self, service: usize) {
        let mut ended = Vec::new();
        {
            let mut state = self.lock();
            if state.closed.contains(&service) {
                return;
            }
            state.closed.push(service);
            for subject in state.subjects.values() {
                subject.close(service);
            }
            for servers in state.servers.values_mut() {
                ended.extend(extract(servers, service));
            }
            state.servers.retain(|_, servers| !servers.is_empty());
        }
        // Dropped without the lock: what a handler owns may use the bus when it goes.
        drop(ended);
    }

    /// Adds what was published and received, by service and message.
    pub(crate) fn count(&self, name_of: &dyn Fn(usize) -> String, metrics: &mut Metrics) {
        for subject in self.lock().subjects.values() {
            subject.count(name_of, metrics);
        }
        metrics.sort();
    }

    pub(super) fn types(&self) -> usize {
        self.lock().subjects.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a service's entries out.
fn extract(servers: &mut Vec<Served>, service: usize) -> Vec<Served> {
    let (ended, stay) = std::mem::take(servers)
        .into_iter()
        .partition(|(each, _)| *each == service);
    *servers = stay;
    ended
}

fn ends<M: 'static, R: 'static>() -> Ends {
    (TypeId::of::<M>(), TypeId::of::<R>())
}
