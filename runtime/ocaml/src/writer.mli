(** Growing bytes that encoders append to.

    All offences raise {!Offence.Found}; {!Message} sees to it that a writer is
    then as long as it was. *)

type t

val make : int -> t
(** With room for that many bytes; more is made as needed. *)

val length : t -> int
(** Bytes written. *)

val bytes : t -> Bytes.t
(** What holds the bytes written, from index 0, and room for more. Valid until
    something more is written. *)

val contents : t -> Bytes.t
(** A copy of the bytes written. *)

val locates : t -> bool
(** Whether offences are given their path. *)

val truncate : t -> int -> unit
(** [truncate writer length] drops the bytes written after that length.

    @raise Invalid_argument unless it is within 0 and the present one. *)

(** {1 Values} *)

val reserve : t -> int -> int
(** [reserve writer size] appends that many bytes, to be set by the caller, and
    gives the position of the first. *)

val string : t -> string -> unit
(** Appends bytes as they are. *)

val fixed : t -> 'a Fixed.t -> 'a -> unit
(** Appends a fixed-size value, without header. *)

val length_prefix : t -> int -> unit
(** Appends a length in its shortest form. *)

val reserve_sized : t -> int -> int
(** As {!reserve}, with the length before it. *)

val begin_value : t -> int
(** Leaves room for the length of what is written until {!end_value}, which wants
    what this gives. *)

val end_value : t -> int -> unit

(** {1 Nesting} *)

val enter : t -> unit
(** One level down. Offence: [DEPTH_EXCEEDED]. *)

val leave : t -> unit

val spend : t -> int -> unit
(** Counts so many elements or entries. Offence: [BUDGET_EXCEEDED]. *)

val outermost : t -> (t -> 'a -> unit) -> 'a -> unit
(** [outermost writer write body] appends a whole body, which has depth and
    budget of its own. After an offence, which has its path, the writer is as
    long as it was. *)

val message : t -> Layout.t -> 'a -> (t -> 'a -> unit) -> unit
(** Appends a message: the outermost one, or a value with its length before it.
    The function given appends block and fields in their order. *)

val union : t -> Layout.t -> 'a -> (t -> 'a -> unit) -> unit
(** Appends a union, with its length before it. The function given appends its one
    element. *)

(** {1 Elements of a message or union} *)

val header : t -> int -> int -> unit
(** [header writer tag kind] appends a header; what follows is that element's. *)

val block : t -> Layout.t -> int
(** Appends the block's header and length and reserves the block: gives the
    position to set its fields at. *)
