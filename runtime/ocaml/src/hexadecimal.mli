(** Bytes as hexadecimal digits, two for each. *)

val encode : string -> string
(** Lower-case digits. *)

val decode : string -> string option
(** Digits of either case. [None] for anything else, or an odd number. *)
