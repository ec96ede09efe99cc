//! The numbered steps of a lane's algorithm, and a way to die at one of them.
//!
//! With the feature `failpoints`, a process whose environment says `MYCELIUM_LANE_KILL_AT=P4` or `P4:17` kills itself with
//! SIGKILL when it gets to that step for the first, or the 17th, time; with `MYCELIUM_LANE_STOP_AT` it stops there, with SIGSTOP,
//! until somebody lets it go on. Without the feature there is nothing of it left.

macro_rules! steps {
    ($($name:ident)*) => {
        /// A numbered step: the state of memory right after it is what `docs/shm.md` describes under this name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // docs/shm.md has the sentence for each
        pub enum Step { $($name),* }

        impl Step {
            /// Every step, in the order of `docs/shm.md`.
            pub const ALL: &[Step] = &[$(Step::$name),*];
        }
    };
}

steps! {
    O1
    C1 C2 C3 C4
    P1 P2 P3 P4 P5 P6 P7 P8 P9
    B1 B2
    E1 E2
    R1 R2 R3 R4 R5 R6
    X1 X2 X3
    J1 J2 J3 J4
    D1 D2 D3 D4
    S1 S2 S3 S4
    L1 L2
}

/// Whether this build can be killed at steps.
pub const COMPILED_IN: bool = cfg!(feature = "failpoints");

/// Says that the process has got to `step`.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn reached(_step: Step) {}

/// Says that the process has got to `step`, and dies or stops there if it was told to.
#[cfg(feature = "failpoints")]
pub(crate) fn reached(step: Step) {
    use std::sync::OnceLock;

    static KILL: OnceLock<Option<Plan>> = OnceLock::new();
    static STOP: OnceLock<Option<Plan>> = OnceLock::new();
    let is_now = |plan: &OnceLock<Option<Plan>>, variable| {
        let plan = plan.get_or_init(|| Plan::read(variable));
        plan.as_ref().is_some_and(|plan| plan.is_now(step))
    };
    if is_now(&STOP, "MYCELIUM_LANE_STOP_AT") {
        crate::system::stop_this_process();
    }
    if is_now(&KILL, "MYCELIUM_LANE_KILL_AT") {
        crate::system::kill_this_process();
    }
}

/// At which step, and at which time of getting there.
#[cfg(feature = "failpoints")]
struct Plan {
    name: String,
    left: std::sync::atomic::AtomicU64,
}

#[cfg(feature = "failpoints")]
impl Plan {
    fn read(variable: &str) -> Option<Self> {
        let text = std::env::var(variable).ok()?;
        let (name, count) = text.split_once(':').unwrap_or((&text, "1"));
        Some(Self {
            name: name.to_owned(),
            left: count.parse::<u64>().ok()?.into(),
        })
    }

    fn is_now(&self, step: Step) -> bool {
        format!("{step:?}") == self.name
            && self.left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) == 1
    }
}
