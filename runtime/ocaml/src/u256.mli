(** Unsigned 256-bit integers: 0 to 2{^256} - 1. *)

include Wide_integer.S
