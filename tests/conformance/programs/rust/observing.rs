//! `links`, `mismatches` and `metrics`.

use crate::peer::Peer;

impl Peer {
    pub fn links(&self) -> String {
        let links = self.node.links();
        let words = links.iter().map(|link| {
            let state = link.state.to_string();
            let state = state.split(';').next().unwrap_or_default();
            format!("{}>{}:{}:{state}", link.from, link.to, link.kind.name())
        });
        words.collect::<Vec<_>>().join(" ")
    }

    pub fn mismatches(&self) -> String {
        let links = self.node.links();
        let sentences = links.into_iter().flat_map(|link| link.mismatches);
        sentences.collect::<Vec<_>>().join(" | ")
    }

    pub fn metrics(&self) -> String {
        self.node.metrics().to_prometheus()
    }
}
