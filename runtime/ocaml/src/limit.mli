(** Limits that keep hostile bytes cheap; the same in every language. *)

val depth : int
(** Levels of nesting in one body, the body itself included: 64. *)

val budget : int
(** Elements of variable size and map entries in one body: 262,144. *)

val frame_length : int
(** Bytes after a frame's header, unless the caller says otherwise: 16 MiB. *)
