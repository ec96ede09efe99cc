(** Contestants in turn, round after round: a ratio taken in one run is worth
    more than any absolute number. What is timed is the time of the processor,
    which others on the machine disturb less than that on the wall. *)

type timing = { median_ns : float; p99_ns : float }
(** Nanoseconds a call: the median over the rounds, and their 99th percentile. *)

type loop = int -> unit
(** Does what is measured, as often as it is told. *)

val take_turns : loop list -> int -> timing list
(** [take_turns loops rounds] times each loop once a round, in order, after a
    warm-up; every turn is many calls. *)
