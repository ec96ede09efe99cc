(** A [u64] is an [int64] with the same bits. These functions give those bits
    their unsigned meaning; [add], [sub] and [mul] of {!Stdlib.Int64} need no
    unsigned counterpart. *)

type t = int64

val maximum : t
(** 2{^64} - 1, which as a signed number is -1. *)

val of_string : string -> t option
(** Reads decimal digits. [None] for anything else, and above 2{^64} - 1. *)

val to_string : t -> string
(** Decimal digits. *)

val of_int : int -> t option
(** [None] for a negative number. *)

val to_int : t -> int option
(** [None] if the number does not fit an [int]. *)

val compare : t -> t -> int
val div : t -> t -> t
val rem : t -> t -> t
val pp : Format.formatter -> t -> unit
