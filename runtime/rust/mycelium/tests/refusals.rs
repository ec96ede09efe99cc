//! What an encoder refuses, with which code and path, and that the output stays as it was.

use std::collections::BTreeMap;

use mycelium::wire::MAXIMUM_BUDGET;
use mycelium::{Ascii, Decimal, ErrorCode, Message, UnknownVariant};
use mycelium_generated::conformance::{
    Block, Closed, Event, Events, Inner, Leaf, Limits, Lists, Maps, Mixed, Odd, Open, Optionals,
    Point, Texts, Tree,
};

fn refused<M: Message>(message: &M) -> (ErrorCode, String) {
    let mut output = vec![1, 2, 3];
    let error = message
        .encode(&mut output)
        .expect_err("a value the schema does not allow");
    assert_eq!(output, [1, 2, 3], "the output of a refusing encoder");
    assert_eq!(message.encoded_length().as_ref().err(), Some(&error));
    assert_eq!(
        message
            .encode_to_slice(&mut vec![0; 1 << 20])
            .as_ref()
            .err(),
        Some(&error)
    );
    (error.code(), error.path())
}

fn limits() -> Limits {
    Limits {
        percent: 100,
        signed: -5,
        ratio: 1.0,
        positive: 1,
        below: 0.5,
        name: "x".to_owned(),
        data: vec![1, 2],
        pair: vec![1, 2],
        few: vec![String::new()],
        some: BTreeMap::from([(1, 2)]),
        price: Decimal::from_mantissa(99_999),
        maybe: None,
    }
}

#[test]
fn numbers_outside_their_range() {
    assert!(limits().encode_to_vec().is_ok());
    let out_of_range = [
        (
            "percent",
            Limits {
                percent: 101,
                ..limits()
            },
        ),
        (
            "signed",
            Limits {
                signed: -6,
                ..limits()
            },
        ),
        (
            "ratio",
            Limits {
                ratio: f64::NAN,
                ..limits()
            },
        ),
        (
            "ratio",
            Limits {
                ratio: -f64::MIN_POSITIVE,
                ..limits()
            },
        ),
        (
            "positive",
            Limits {
                positive: 0,
                ..limits()
            },
        ),
        (
            "below",
            Limits {
                below: 0.6,
                ..limits()
            },
        ),
        (
            "price",
            Limits {
                price: Decimal::from_mantissa(0),
                ..limits()
            },
        ),
        (
            "maybe",
            Limits {
                maybe: Some(9),
                ..limits()
            },
        ),
    ];
    for (field, message) in out_of_range {
        assert_eq!(
            refused(&message),
            (ErrorCode::OutOfRange, format!("Limits.{field}"))
        );
    }
}

#[test]
fn too_much_and_too_little() {
    let out_of_bounds = [
        (
            "name",
            Limits {
                name: String::new(),
                ..limits()
            },
        ),
        (
            "name",
            Limits {
                name: "sixsix".to_owned(),
                ..limits()
            },
        ),
        (
            "data",
            Limits {
                data: vec![1],
                ..limits()
            },
        ),
        (
            "pair",
            Limits {
                pair: vec![1, 2, 3],
                ..limits()
            },
        ),
        (
            "few",
            Limits {
                few: vec![],
                ..limits()
            },
        ),
        (
            "some",
            Limits {
                some: BTreeMap::new(),
                ..limits()
            },
        ),
    ];
    for (field, message) in out_of_bounds {
        assert_eq!(
            refused(&message),
            (ErrorCode::BoundExceeded, format!("Limits.{field}"))
        );
    }
    let texts = Texts::builder()
        .short("")
        .bounded("123456789")
        .long("")
        .data([])
        .blob([]);
    let texts = texts.build().unwrap();
    assert_eq!(
        refused(&texts),
        (ErrorCode::BoundExceeded, "Texts.bounded".to_owned())
    );
}

fn lists() -> Lists {
    Lists {
        bytes1: vec![],
        wide: vec![],
        flags: vec![],
        points: vec![],
        names: vec![],
        bounded: vec![],
        leaves: vec![],
        nested: vec![],
        opens: vec![],
        closed: vec![],
        codes: vec![],
        events: vec![],
        hashes: vec![],
        quads: vec![],
        prices: vec![],
    }
}

#[test]
fn the_path_leads_into_lists_maps_and_unions() {
    let long_name = "n".repeat(41);
    let leaf = Leaf::builder().name(long_name).build().unwrap();
    let code = ErrorCode::BoundExceeded;
    let cases = [
        (
            "Lists.bounded[1]",
            Lists {
                bounded: vec![String::new(), "sixsix".to_owned()],
                ..lists()
            },
        ),
        (
            "Lists.nested[0]",
            Lists {
                nested: vec![vec![1, 2, 3, 4]],
                ..lists()
            },
        ),
        (
            "Lists.leaves[0].name",
            Lists {
                leaves: vec![leaf.clone()],
                ..lists()
            },
        ),
        (
            "Lists.events[0](leaf).name",
            Lists {
                events: vec![Event::Leaf(leaf.clone())],
                ..lists()
            },
        ),
    ];
    for (path, message) in cases {
        assert_eq!(refused(&message), (code, path.to_owned()));
    }
    let maps = Maps {
        ints: BTreeMap::new(),
        signed: BTreeMap::new(),
        names: BTreeMap::new(),
        codes: BTreeMap::new(),
        keys: BTreeMap::new(),
        enums: BTreeMap::from([(Open::Unknown(9), leaf.clone()), (Open::Two, leaf)]),
        deep: BTreeMap::new(),
        points: BTreeMap::new(),
    };
    assert_eq!(refused(&maps), (code, "Maps.enums[TWO].name".to_owned()));
}

#[test]
fn a_block_field_outside_its_range() {
    let odd = Odd {
        a: 1,
        b: 2,
        c: true,
        who: Ascii::literal("abc"),
    };
    let point = Point { x: 0.0, y: 0.0 };
    let mixed = Mixed::builder()
        .flag(true)
        .a(1)
        .b(2)
        .price(Decimal::from_mantissa(3))
        .id([7; 16].into())
        .closed(Closed::Red)
        .code(Ascii::literal("code"))
        .raw([1; 7])
        .pair([1, 2])
        .odd(odd)
        .block(Block {
            points: [point; 3],
            odd,
            raw: [2; 20],
        })
        .level(10)
        .name("name");
    let mixed = mixed.build().unwrap();
    assert_eq!(
        refused(&mixed),
        (ErrorCode::OutOfRange, "Mixed.level".to_owned())
    );
}

#[test]
fn a_builder_names_what_it_was_not_given() {
    let error = Leaf::builder().weight(3).build().unwrap_err();
    assert_eq!(
        (error.code(), error.path()),
        (ErrorCode::EncodeType, "Leaf.name".to_owned())
    );
    assert_eq!(Optionals::default().j, "none");
}

#[test]
fn trees_deeper_than_sixty_four() {
    let tree = |depth: usize| {
        (1..depth).fold(Tree::builder().value(1).build().unwrap(), |child, _| {
            Tree::builder().value(1).left(child).build().unwrap()
        })
    };
    // The innermost tree's empty list of kids is one level below it.
    assert!(tree(63).encode_to_vec().is_ok());
    let (code, path) = refused(&tree(64));
    assert_eq!(code, ErrorCode::DepthExceeded);
    assert_eq!(path, format!("Tree{}.kids", ".left".repeat(63)));
}

#[test]
fn more_elements_than_one_body_may_have() {
    let elements = MAXIMUM_BUDGET as usize;
    let allowed = Lists {
        names: vec![String::new(); elements],
        ..lists()
    };
    assert!(allowed.encode_to_vec().is_ok());
    let names = vec![String::new(); elements + 1];
    let too_many = Lists { names, ..lists() };
    assert_eq!(
        refused(&too_many),
        (ErrorCode::BudgetExceeded, "Lists.names".to_owned())
    );
}

#[test]
fn unknown_variants_that_could_not_have_been_received() {
    let events = |tag: u16, kind: u8, length: usize| Events {
        event: Event::Unknown(UnknownVariant {
            tag,
            kind,
            bytes: vec![0; length],
        }),
        maybe: None,
        inner: Inner::A(1),
    };
    assert!(events(9, 6, 3).encode_to_vec().is_ok());
    let cases = [
        (events(1, 6, 3), ErrorCode::EncodeType),
        (events(0, 6, 3), ErrorCode::BadLength),
        (events(9, 3, 7), ErrorCode::BadLength),
        (events(9, 7, 0), ErrorCode::BadKind),
    ];
    for (message, code) in cases {
        assert_eq!(refused(&message), (code, "Events.event".to_owned()));
    }
}

#[test]
fn a_slice_that_is_too_short() {
    let leaf = Leaf::builder().name("name").build().unwrap();
    let length = leaf.encoded_length().unwrap();
    let error = leaf.encode_to_slice(&mut vec![0; length - 1]).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Truncated);
    assert_eq!(leaf.encode_to_slice(&mut vec![0; length]), Ok(length));
}
