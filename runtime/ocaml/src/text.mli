(** What counts as text on the wire. *)

val is_utf_8 : Bytes.t -> int -> int -> bool
(** [is_utf_8 bytes start length]: whether that range is well-formed UTF-8:
    shortest forms only, no surrogates, nothing above U+10FFFF. *)

val sub : Bytes.t -> int -> int -> string
(** [sub bytes start size] is the text in that range, which callers have checked.
    Offence: [BAD_UTF8]. *)

val is_ascii_word : int64 -> bool
(** Whether all eight bytes are below 0x80. *)

val blit : string -> int -> Bytes.t -> int -> unit
(** [blit text size bytes start] lays the text, of that size, into bytes where
    there is room for 8 more: these may change. Offence: [BAD_UTF8]. *)

val compare : string -> string -> int
(** As [String.compare], faster where the first bytes already differ. *)

val ascii_length : Bytes.t -> int -> int -> int
(** [ascii_length bytes start size] is the length of the text in an [ascii[size]]
    field, without the NULs that pad it; -1 where it is anything but bytes within
    0x20..0x7E and then NULs. *)

val ascii_sub : Bytes.t -> int -> int -> string
(** [ascii_sub bytes start size] is that text. Offence: [BAD_ASCII]. *)

val ascii_blit : string -> Bytes.t -> int -> int -> unit
(** [ascii_blit text bytes start size] lays it into such a field. Offences:
    [BOUND_EXCEEDED] where it is too long, [BAD_ASCII]. *)
