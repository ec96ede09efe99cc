(** Signed 128-bit integers: -2{^127} to 2{^127} - 1. *)

include Wide_integer.S
