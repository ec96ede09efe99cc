//! Views read what the decoder reads, in place.

use std::collections::BTreeMap;

use mycelium::{Ascii, ErrorCode, Message, Timestamp};
use mycelium_generated::conformance::{
    Event, EventView, Events, Inner, InnerView, Leaf, Maps, MapsView, Newer, NewerView, Older,
    Open, Quote, Tree,
};

fn quote() -> Quote {
    Quote {
        symbol: Ascii::literal("EURUSD"),
        ts: Timestamp::from_nanoseconds(7),
        bid: 1.25,
        ask: 1.5,
        bid_size: 3,
        ask_size: 4,
        sequence: 5,
        side: Open::Unknown(200),
    }
}

#[test]
fn a_block_is_read_where_it_is() {
    let body = quote().encode_to_vec().unwrap();
    assert_eq!(body.len(), 51);
    let view = Quote::view(&body).unwrap();
    assert_eq!(
        (view.symbol().as_str(), view.ask(), view.side()),
        ("EURUSD", 1.5, Open::Unknown(200))
    );
    assert_eq!(view.as_bytes(), body);
    assert_eq!(view.to_message(), Ok(quote()));
    assert_eq!(format!("{view:?}"), format!("{:?}", quote()));
}

#[test]
fn the_block_of_an_older_writer_is_completed_with_defaults() {
    let older = Older {
        x: 1,
        y: 2.5,
        a: 3,
        b: "b".to_owned(),
        e: 4.5,
    };
    let body = older.encode_to_vec().unwrap();
    let newer = Newer::decode(&body).unwrap();
    assert_eq!((newer.z, newer.w, newer.f), (11, true, 3));
    let view: NewerView<'_> = Newer::view(&body).unwrap();
    assert_eq!((view.x(), view.y(), view.z(), view.w()), (1, 2.5, 11, true));
    assert_eq!((view.b(), view.c().is_none(), view.f()), ("b", true, 3));
    let back = Older::decode(&newer.encode_to_vec().unwrap()).unwrap();
    assert_eq!(back, older);
}

#[test]
fn lists_and_maps_are_walked_in_place() {
    let leaf = |weight| Leaf {
        name: format!("leaf {weight}"),
        weight,
    };
    let maps = Maps {
        ints: BTreeMap::from([(1, "one".to_owned()), (300, "more".to_owned())]),
        signed: BTreeMap::from([(-3, 3), (4, -4)]),
        names: BTreeMap::new(),
        codes: BTreeMap::new(),
        keys: BTreeMap::from([([1, 2, 3, 4], vec![5])]),
        enums: BTreeMap::from([(Open::Two, leaf(2)), (Open::One, leaf(1))]),
        deep: BTreeMap::from([("k".to_owned(), BTreeMap::from([(1, vec!["v".to_owned()])]))]),
        points: BTreeMap::new(),
    };
    let body = maps.encode_to_vec().unwrap();
    let view: MapsView<'_> = Maps::view(&body).unwrap();
    assert_eq!(
        view.ints().iter().collect::<Vec<_>>(),
        [(1, "one"), (300, "more")]
    );
    assert_eq!(view.signed().get(&4), Some(-4));
    assert_eq!(view.keys().get(&[1, 2, 3, 4]), Some(&[5][..]));
    let names: Vec<_> = view
        .enums()
        .iter()
        .map(|(key, leaf)| (key, leaf.name()))
        .collect();
    assert_eq!(names, [(Open::One, "leaf 1"), (Open::Two, "leaf 2")]);
    let inner = view
        .deep()
        .get(&"k")
        .and_then(|inner| inner.get(&1))
        .unwrap();
    assert_eq!(inner.iter().collect::<Vec<_>>(), ["v"]);
    assert_eq!((view.points().is_empty(), view.ints().len()), (true, 2));
}

#[test]
fn unions_are_enums_of_views() {
    let events = Events {
        event: Event::Many(vec![1, 2, 3]),
        maybe: Some(Event::More(Inner::B(vec![9]))),
        inner: Inner::A(7),
    };
    let body = events.encode_to_vec().unwrap();
    let view = Events::view(&body).unwrap();
    let EventView::Many(many) = view.event() else {
        panic!("another variant")
    };
    assert_eq!((many.len(), many.get(2), many.get(3)), (3, Some(3), None));
    assert!(matches!(
        view.maybe(),
        Some(EventView::More(InnerView::B([9])))
    ));
}

#[test]
fn what_contains_itself_is_looked_into_when_asked_for() {
    let leaf = Tree::builder().value(3).build().unwrap();
    let tree = Tree::builder()
        .value(1)
        .right(leaf.clone())
        .kids([leaf])
        .build()
        .unwrap();
    let body = tree.encode_to_vec().unwrap();
    let view = Tree::view(&body).unwrap();
    assert!(view.left().is_none());
    assert_eq!(
        view.right()
            .and_then(|right| right.view())
            .map(|right| right.value()),
        Some(3)
    );
    assert_eq!(
        view.kids()
            .iter()
            .map(|kid| kid.value())
            .collect::<Vec<_>>(),
        [3]
    );
}

#[test]
fn a_view_finds_what_the_decoder_finds() {
    let mut body = quote().encode_to_vec().unwrap();
    body[3] = 0;
    let error = Quote::view(&body).unwrap_err();
    assert_eq!((error.code(), error.offset()), (ErrorCode::BadAscii, 2));
    assert_eq!(error.path(), "Quote.symbol");
    assert_eq!(Quote::decode(&body), Err(error));
}
