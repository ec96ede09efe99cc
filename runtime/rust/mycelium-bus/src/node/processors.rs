//! How many processors there are to spin on.

use std::fs;
use std::num::NonZero;
use std::thread;

/// Where Linux lists the processors that are for all of this machine, or of the container that looks like one.
const LISTS: [&str; 3] = [
    "/sys/fs/cgroup/cpuset.cpus.effective",
    "/sys/fs/cgroup/cpuset/cpuset.effective_cpus",
    "/sys/devices/system/cpu/online",
];

/// Processors, as a thread sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Processors {
    /// Those this process may use.
    pub(crate) own: usize,
    /// Those that the nodes of this host have together: more than its own where the process is pinned to some of them, as others may be
    /// pinned to the rest.
    pub(crate) shared: usize,
}

impl Processors {
    /// As the calling thread may run now.
    pub(crate) fn here() -> Self {
        let own = thread::available_parallelism().map_or(1, NonZero::get);
        let online = LISTS
            .iter()
            .find_map(|list| count(&fs::read_to_string(list).ok()?));
        let is_pinned = |online: &usize| affinity().is_some_and(|allowed| allowed < *online);
        // A quota of the processors' time, which makes `own` smaller as well, is one for all who are here.
        let shared = online.filter(is_pinned).unwrap_or(own);
        Self { own, shared }
    }
}

/// Processors on which the system lets the calling thread run.
#[cfg(target_os = "linux")]
fn affinity() -> Option<usize> {
    let set = rustix::thread::sched_getaffinity(None).ok()?;
    usize::try_from(set.count()).ok()
}

#[cfg(not(target_os = "linux"))]
fn affinity() -> Option<usize> {
    None
}

/// Processors in a list such as `0-3,8`; None where it is none.
fn count(list: &str) -> Option<usize> {
    list.trim().split(',').try_fold(0, |count, range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        Some(count + last.checked_sub(first)? + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_counted() {
        let counts = ["0", "0-1\n", "0-3,8,10-11", "", "1-0", "all"].map(count);
        assert_eq!(counts, [Some(1), Some(2), Some(7), None, None, None]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_pinned_thread_has_fewer_of_its_own_and_shares_as_many() {
        use rustix::thread::{sched_getaffinity, sched_setaffinity, CpuSet};

        let pinned = thread::spawn(|| {
            let all = sched_getaffinity(None).unwrap();
            let first = (0..CpuSet::MAX_CPU).find(|each| all.is_set(*each));
            let mut one = CpuSet::new();
            one.set(first.unwrap());
            sched_setaffinity(None, &one).unwrap();
            Processors::here()
        });
        let pinned = pinned.join().unwrap();
        assert_eq!(pinned.own, 1);
        let online = fs::read_to_string("/sys/devices/system/cpu/online").unwrap();
        assert!(pinned.shared <= count(&online).unwrap());
        assert!(pinned.shared >= Processors::here().own);
    }
}
