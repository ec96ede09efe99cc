(** Why bytes were refused. *)

type t = {
  code : Error_code.t;  (** What is wrong. *)
  offset : int;
      (** Where, in bytes from the start of the body (or of the frame, for what
          is wrong with a frame's header). *)
  path : string;  (** Which value: [Order.legs[2].symbol]. *)
}

exception Error of t
(** Raised by every [decode_exn], and by nothing else. *)

val to_string : t -> string
(** [BAD_UTF8 at offset 17: Order.legs[2].symbol] *)

val pp : Format.formatter -> t -> unit
(** Prints {!to_string}. *)
