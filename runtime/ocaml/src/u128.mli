(** Unsigned 128-bit integers: 0 to 2{^128} - 1. *)

include Wide_integer.S
