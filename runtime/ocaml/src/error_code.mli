(** What can be wrong with bytes, or with a value to be encoded.

    Every language reports the same code for the same bytes. The codes are
    described in the wire contract; their names there are those {!to_string}
    gives. *)

type t =
  | Truncated  (** Something runs past the end of what holds it. *)
  | Non_canonical
      (** A length or tag not in its shortest form, or map keys not
          ascending. *)
  | Field_order  (** A tag not greater than the one before. *)
  | Bad_length  (** A size the type cannot have. *)
  | Missing_field  (** A required field is absent. *)
  | Bad_kind  (** The reserved wire kind 7. *)
  | Kind_mismatch  (** A known tag with the wire kind of another type. *)
  | Depth_exceeded  (** More than 64 levels of nesting. *)
  | Bound_exceeded  (** More or fewer bytes, elements or entries than allowed. *)
  | Budget_exceeded  (** Too many elements and entries in one body. *)
  | Bad_bool  (** A [bool] that is neither 0 nor 1. *)
  | Bad_enum  (** A number that a closed enum does not have. *)
  | Bad_utf8  (** A string that is not UTF-8. *)
  | Bad_ascii  (** An [ascii[N]] with something else than printable ASCII. *)
  | Out_of_range  (** A number outside the limits its field declares. *)
  | Bad_version  (** A frame of another wire version. *)
  | Bad_flags  (** A frame with flags this version does not know. *)
  | Frame_too_large  (** A frame longer than the limit in force. *)
  | Unknown_type  (** A frame whose message type is not known here. *)
  | Trailing_bytes  (** Bytes after a frame where exactly one was expected. *)
  | Encode_type  (** Encoding only: a value its field can never hold. *)
  | Encode_range
      (** Encoding only: a number too large or too small for its wire type. *)

val to_string : t -> string
(** The name in the wire contract, such as ["FIELD_ORDER"]. *)

val pp : Format.formatter -> t -> unit
(** Prints {!to_string}. *)
