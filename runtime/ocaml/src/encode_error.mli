(** Why a value was refused. The output is then as long as it was. *)

type t = {
  code : Error_code.t;  (** What is wrong. *)
  path : string;  (** Which value: [Order.legs[2].symbol]. *)
}

exception Error of t
(** Raised by every [encode_exn] and its kin, and by nothing else. *)

val to_string : t -> string
(** [ENCODE_RANGE: Order.legs[2].ratio] *)

val pp : Format.formatter -> t -> unit
(** Prints {!to_string}. *)
