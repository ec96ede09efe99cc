(** Exact decimal numbers: [mantissa / 10 ^ scale]. *)

type t = private {
  mantissa : int64;
  scale : int;  (** Digits after the point, 0 to 18. *)
}

val make : mantissa:int64 -> scale:int -> t
(** [make ~mantissa:125L ~scale:2] is 1.25.

    @raise Invalid_argument unless [scale] is within 0..18. *)

val of_string : string -> t option
(** Reads [-?digits[.digits]]; the digits after the point give the scale. [None]
    for anything else, and for numbers that do not fit. *)

val of_string_exn : string -> t
(** As {!of_string}.

    @raise Invalid_argument where that gives [None]. *)

val to_string : t -> string
(** With exactly [scale] digits after the point. *)

val to_float : t -> float
(** The nearest float, or one beside it. *)

val rescale : t -> scale:int -> t option
(** The same number with that scale. [None] if that would need more digits after
    the point, or a mantissa beyond an [int64]. *)

val equal : t -> t -> bool
(** Whether the numbers are equal, whatever their scales. *)

val compare : t -> t -> int
(** Numeric order, whatever the scales. *)

val hash : t -> int
(** Equal numbers have equal hashes. *)

val pp : Format.formatter -> t -> unit
(** Prints {!to_string}. *)
