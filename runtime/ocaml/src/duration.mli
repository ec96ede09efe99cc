(** A length of time in nanoseconds, up to 292 years either way. *)

type t = private int64

val of_nanoseconds : int64 -> t
val to_nanoseconds : t -> int64
val equal : t -> t -> bool
val compare : t -> t -> int
val hash : t -> int

val to_string : t -> string
(** Nanoseconds and their unit: [1500000ns]. *)

val pp : Format.formatter -> t -> unit
(** Prints {!to_string}. *)
