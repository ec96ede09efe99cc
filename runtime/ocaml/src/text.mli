(** What counts as text on the wire. *)

val is_utf_8 : Bytes.t -> int -> int -> bool
(** [is_utf_8 bytes start length]: whether that range is well-formed UTF-8:
    shortest forms only, no surrogates, nothing above U+10FFFF. *)

val ascii_length : Bytes.t -> int -> int -> int
(** [ascii_length bytes start size] is the length of the text in an [ascii[size]]
    field, without the NULs that pad it; -1 where it is anything but bytes within
    0x20..0x7E and then NULs. *)
