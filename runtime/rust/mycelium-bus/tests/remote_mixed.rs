//! Two services whose messages go by one kind of route one way and by another the other way, in every combination.

mod remote;

use std::sync::atomic::Ordering;
use std::time::Instant;

use mycelium_bus::{BusMessage, MessageBus, RequestError};
use mycelium_generated::conformance::{Texts, Tree};
use remote::{text, tree, Pair, KINDS, LONG};

/// A pair of which `a` sends by one kind and `b` by another; `more` is added to the route of `b`.
fn by(there: &str, back: &str, more: &str) -> Pair {
    let port = remote::free_port();
    let both = format!(
        "services = [\"b\"]\nport = {port}\nendpoint.kind = \"shm\"\nendpoint.path = \"{{FOLDER}}/lanes\""
    );
    let routes = format!(
        "[[routes]]\nfrom = \"a\"\nto = \"b\"\nkind = \"{there}\"\n\
         [[routes]]\nfrom = \"b\"\nto = \"a\"\nkind = \"{back}\"\n{more}"
    );
    Pair::of(&(remote::TWO.replace("services = [\"b\"]", &both) + &routes))
}

fn each_combination() -> impl Iterator<Item = (&'static str, &'static str)> {
    KINDS
        .into_iter()
        .flat_map(|there| KINDS.map(|back| (there, back)))
}

/// The answer of a service, which may become known a moment after its link.
fn ask<M: BusMessage, R: BusMessage>(
    bus: &MessageBus,
    request: &M,
    to: &str,
) -> Result<R, RequestError> {
    let end = Instant::now() + LONG;
    loop {
        match bus.request_to(request, Some(to), Some(LONG)) {
            Err(RequestError::NotServedBy { .. }) if Instant::now() < end => {}
            answer => return answer,
        }
    }
}

#[test]
fn requests_of_both_services_are_answered() {
    for (there, back) in each_combination() {
        let pair = by(there, back, "");
        pair.a
            .serve::<Tree, Texts>(|request| Ok(text(&format!("a{}", request.value))));
        pair.b.serve::<Tree, Texts>(|request| match request.value {
            0 => Err("nothing".to_owned()),
            value => Ok(text(&format!("b{value}"))),
        });
        let pair = pair.connected();
        for round in 1..20 {
            for (bus, to) in [(&pair.a, "b"), (&pair.b, "a")] {
                let answer: Result<Texts, _> = ask(bus, &tree(round), to);
                let expected = Ok(text(&format!("{to}{round}")));
                assert_eq!(answer, expected, "{there} {back}");
            }
        }
        let refused: Result<Texts, _> = ask(&pair.a, &tree(0), "b");
        assert!(refused.unwrap_err().to_string().contains("nothing"));
    }
}

#[test]
fn what_is_published_goes_each_way_by_its_kind_alone() {
    for (there, back) in each_combination() {
        let pair = by(there, back, "");
        let mut at_a = pair.a.subscriber::<Tree>();
        let mut at_b = pair.b.subscriber::<Tree>();
        let (from_a, from_b) = (pair.a.publisher::<Tree>(), pair.b.publisher::<Tree>());
        let pair = pair.connected();
        from_a.wait_until_wanted(LONG).unwrap();
        from_b.wait_until_wanted(LONG).unwrap();
        from_a.publish(tree(1)).unwrap();
        from_b.publish(tree(2)).unwrap();
        // Each gets its own message, too.
        for trees in [&mut at_a, &mut at_b] {
            let mut heard = [(); 2].map(|()| trees.recv_timeout(LONG).unwrap().value);
            heard.sort_unstable();
            assert_eq!(heard, [1, 2]);
            assert!(trees.try_recv().unwrap().is_none());
        }
        for (node, kind) in [(&pair.left, back), (&pair.right, there)] {
            for link in node.links() {
                assert!(link.mismatches.is_empty(), "{link:?}");
                let received = link.counters.received.load(Ordering::Relaxed);
                assert_eq!(received, u64::from(link.kind.name() == kind), "{link:?}");
            }
        }
    }
}

#[test]
fn an_answer_is_bound_by_the_route_that_leads_back_whatever_its_kind() {
    for (there, back) in each_combination() {
        let pair = by(there, back, "allow = [\"Tree\"]\n");
        pair.b.serve::<Tree, Texts>(|_| Ok(text("not allowed")));
        pair.b.serve::<Texts, Tree>(|_| Ok(tree(1)));
        let pair = pair.connected();
        let refused: Result<Texts, _> = ask(&pair.a, &tree(1), "b");
        let reason = refused.unwrap_err().to_string();
        assert!(reason.contains("`b` to `a` allows only Tree"), "{reason}");
        let answer: Result<Tree, _> = ask(&pair.a, &text("?"), "b");
        assert_eq!(answer, Ok(tree(1)), "{there} {back}");
    }
}
