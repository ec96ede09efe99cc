(** Little-endian words in bytes. As in [Stdlib.Bytes], but inlined everywhere, so
    that the numbers are never boxed on their way.

    @raise Invalid_argument where the word does not lie within the bytes. *)

val get : Bytes.t -> int -> int64
val set : Bytes.t -> int -> int64 -> unit
val get_32 : Bytes.t -> int -> int32
val set_32 : Bytes.t -> int -> int32 -> unit
