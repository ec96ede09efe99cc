//! What routes between services of one process allow.

use crate::topology::Topology;

#[derive(Debug, Default)]
struct LocalRoute {
    allow: Option<Vec<String>>,
    fails_when_full: bool,
}

/// The routes from each service to each; none at all for a bus without a topology, which allows everything.
#[derive(Debug, Default)]
pub(crate) struct LocalRoutes {
    services: usize,
    routes: Vec<LocalRoute>,
}

impl LocalRoutes {
    /// Those between the services of one node.
    pub(crate) fn new(topology: &Topology, services: &[String]) -> Self {
        let pairs = services
            .iter()
            .flat_map(|source| services.iter().map(move |target| (source, target)));
        let routes = pairs.map(|(source, target)| {
            let settings = topology.settings.get(&(source.clone(), target.clone()));
            settings.map_or_else(LocalRoute::default, |settings| LocalRoute {
                allow: settings.allow.clone(),
                fails_when_full: settings.fails_when_full.unwrap_or(false),
            })
        });
        Self {
            services: services.len(),
            routes: routes.collect(),
        }
    }

    fn route(&self, source: usize, target: usize) -> Option<&LocalRoute> {
        self.routes.get(source * self.services + target)
    }

    /// Whether messages that go by any of these names pass.
    pub(crate) fn allows(&self, source: usize, target: usize, names: [&str; 2]) -> bool {
        let allow = self.route(source, target).and_then(|it| it.allow.as_ref());
        allow.is_none_or(|allow| allow.iter().any(|each| names.contains(&each.as_str())))
    }

    pub(crate) fn fails_when_full(&self, source: usize, target: usize) -> bool {
        self.route(source, target)
            .is_some_and(|route| route.fails_when_full)
    }
}
