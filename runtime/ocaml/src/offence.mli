(** An offence on its way out: code and position known, path growing.

    The codecs raise {!Found} where they meet an offence; each container it
    passes puts its own step in front of the path. So a value without offence
    pays nothing for paths. Users never see this exception: [decode] and
    [encode] turn it into {!Decode_error} and {!Encode_error}. *)

type t = {
  code : Error_code.t;
  mutable position : int;
      (** Index of the offending byte in the bytes being read or written. *)
  mutable path : string list;
      (** Steps from the value being unwound to the offending one: [.name],
          [[2]], [(variant)]. *)
}

exception Found of t

val found : Error_code.t -> int -> 'a
(** [found code position] raises {!Found} with an empty path. *)

val missing_field : string -> int -> 'a
(** [missing_field step position]: the same with [MISSING_FIELD], and one step
    already in the path. *)

val pass : t -> string -> 'a
(** [pass offence step] puts one more step in front of the path, and raises
    {!Found} again. *)

val path : t -> string -> string
(** [path offence name] is the whole path, [name] being the short name of the
    outermost message. *)
