(** A moment: nanoseconds since 1970-01-01 UTC, from 1677 to 2262. *)

type t = private int64

val of_nanoseconds : int64 -> t
val to_nanoseconds : t -> int64

val since : t -> t -> Duration.t
(** [since earlier later] is the time between the two. *)

val after : Duration.t -> t -> t
(** [after duration moment] is the moment that much later. *)

val equal : t -> t -> bool
val compare : t -> t -> int
val hash : t -> int

val to_string : t -> string
(** As ISO 8601 with all nine digits: [2023-11-14T22:13:20.000000000Z]. *)

val pp : Format.formatter -> t -> unit
(** Prints {!to_string}. *)
