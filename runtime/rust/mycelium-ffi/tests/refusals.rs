//! What cannot be joined or offered, and what is said of it.

mod support;

use mycelium_bus::{Node, NodeError};
use mycelium_ffi::{join, offer, JoinError, NodeTable, VERSION, VERSION_MAJOR};
use support::{join_with, Folder, Pair, ENGINE};

/// The host's table, changed.
fn changed(pair: &Pair, change: impl FnOnce(&mut NodeTable)) -> NodeTable {
    // SAFETY: the offer lives.
    #[allow(unsafe_code)]
    let mut table = unsafe { *pair.offer.as_ptr() };
    change(&mut table);
    table
}

fn refusal(table: *const NodeTable) -> String {
    // SAFETY: the table is null, or a whole one in what is looked at before it is refused.
    #[allow(unsafe_code)]
    let refused = unsafe { join(table, &[]) };
    refused.expect_err("refused").to_string()
}

#[test]
fn what_is_no_table_is_refused() {
    let pair = Pair::of(ENGINE);
    assert!(refusal(std::ptr::null()).contains("the pointer is null"));
    let odd = pair.offer.as_ptr().wrapping_byte_add(1);
    assert!(refusal(odd).contains("not aligned"));
    type Change = fn(&mut NodeTable);
    let cases: [(&str, Change); 4] = [
        ("does not begin like one", |table| table.magic = 0),
        ("shorter than its version says", |table| table.size -= 8),
        ("lacks functions", |table| table.connect = None),
        ("lacks functions", |table| table.retain = None),
    ];
    for (words, change) in cases {
        let table = changed(&pair, change);
        let said = refusal(&raw const table);
        assert!(said.contains(words), "{said}");
        assert!(said.contains("`offer`"), "{said}");
    }
}

#[test]
fn a_table_of_another_major_version_is_refused_with_both_versions() {
    let pair = Pair::of(ENGINE);
    for major in [0, VERSION_MAJOR + 1] {
        let table = changed(&pair, |table| table.version = u32::from(major) << 16 | 3);
        let said = refusal(&raw const table);
        assert!(said.contains(&format!("version {major}.3")), "{said}");
        assert!(said.contains(&format!("speaks {VERSION_MAJOR}.")), "{said}");
    }
}

#[test]
fn a_longer_table_of_a_later_minor_version_is_joined() {
    let pair = Pair::of(ENGINE);
    pair.guest.close();
    let table = changed(&pair, |table| {
        table.version = VERSION + 1;
        table.size += 64;
    });
    // SAFETY: as much of the table is there as this version looks at.
    #[allow(unsafe_code)]
    let guest = unsafe { join(&raw const table, &[]) }.unwrap();
    guest.bus("strategy").unwrap();
}

#[test]
fn services_are_for_one_guest_each() {
    let pair = Pair::of(ENGINE);
    let cases = [
        (&["feed"][..], "leaves strategy to guests, and not `feed`"),
        (&["nobody"], "leaves strategy to guests, and not `nobody`"),
        (
            &["strategy"],
            "another guest of node `engine` runs `strategy` already",
        ),
        (
            &[],
            "every service that node `engine` leaves to guests is taken",
        ),
    ];
    for (services, words) in cases {
        let refused = join_with(&pair.offer, services).unwrap_err();
        assert!(matches!(refused, JoinError::Refused { .. }), "{refused:?}");
        assert!(refused.to_string().contains(words), "{refused}");
    }
    pair.guest.close();
    let twice = join_with(&pair.offer, &["strategy", "strategy"]).unwrap();
    assert_eq!(twice.links().len(), 1);
    let own = pair.host.bus("strategy").unwrap_err().to_string();
    assert!(own.contains("run by a guest"), "{own}");
    let hosts = pair.guest.bus("feed").unwrap_err().to_string();
    assert!(hosts.contains("there are strategy"), "{hosts}");
}

#[test]
fn a_node_without_guests_is_not_offered() {
    let folder = Folder::new();
    let node = folder.host(ENGINE, &[]).unwrap();
    let refused = offer(&node).unwrap_err().to_string();
    assert!(refused.contains("with_guests"), "{refused}");
    let unknown = folder.host(ENGINE, &["nobody"]);
    assert!(
        matches!(unknown, Err(NodeError::UnknownService { .. })),
        "{unknown:?}"
    );
}

#[test]
fn a_second_node_of_the_same_name_learns_that_it_can_join() {
    let pair = Pair::of(&format!(
        "{ENGINE}\n[[nodes]]\nname = \"ml\"\nservices = [\"model\"]\n"
    ));
    let second = Node::from_topology(pair.folder.path().join("topology.toml"), "engine");
    let said = second.expect_err("claimed").to_string();
    assert!(said.contains("in this very process"), "{said}");
    assert!(said.contains("join the node that it offers"), "{said}");
}
