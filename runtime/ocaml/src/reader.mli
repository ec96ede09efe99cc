(** A cursor over one message body inside bytes that are not copied.

    A reader stands within the innermost body or value, which ends at {!limit}.
    It checks what the wire contract says of headers and lengths; what values
    hold is the business of {!Decode}. All offences raise {!Offence.Found}. *)

type t

val make : locates:bool -> Bytes.t -> offset:int -> length:int -> t
(** A reader of the body in that range, which the caller has checked. If it
    [locates] them, offences are given their path. *)

val locates : t -> bool
val bytes : t -> Bytes.t
val position : t -> int

val limit : t -> int
(** The end of the innermost body or value. *)

val at_limit : t -> bool

(** {1 Values} *)

val take : t -> int -> int
(** [take reader size] passes over that many bytes and gives the position of the
    first. Offence: [TRUNCATED]. *)

val length : t -> int
(** Reads a length prefix. So many bytes do follow it. Offences: [TRUNCATED],
    [NON_CANONICAL]. *)

val pass : t -> int -> int
(** As {!take}, of bytes that {!length} has found to be there. *)

val last_word : t -> int
(** The last position in all of the bytes that eight bytes follow. *)

val move_to : t -> int -> unit
(** To a position up to {!limit}. *)

val narrow : t -> int
(** Reads a length prefix and makes the bytes it counts the innermost value: the
    reader is to be {!at_limit} when this ends with {!widen}, which wants what
    [narrow] gives. *)

val widen : t -> int -> unit

(** {1 Nesting} *)

val enter : t -> unit
(** One level down. Offence: [DEPTH_EXCEEDED]. *)

val leave : t -> unit

val spend : t -> int -> unit
(** Counts so many elements or entries. Offence: [BUDGET_EXCEEDED]. *)

val message : t -> Layout.t -> (t -> 'a) -> 'a
(** [message reader layout read] reads a message: the outermost one, a body that
    reaches to {!limit}, or a value with its length before it. [read] asks for
    block and fields in their order; what it leaves is skipped as unknown. *)

val union : t -> Layout.t -> (t -> int -> 'a) -> 'a
(** [union reader layout read] reads a union: its length and header, then with
    [read], which gets the tag, the element's value. *)

(** {1 Elements of a message or union} *)

val find : t -> int -> int -> bool
(** [find reader tag kind] passes over unknown fields up to that one. True: the
    reader stands at its value. False: the field is absent. *)

val require : t -> int -> int -> unit
(** As {!find} where absence is a [MISSING_FIELD]. *)

val expect_kind : t -> int -> unit
(** In a union: the kind of the variant just announced. Offence:
    [KIND_MISMATCH]. *)

val unknown_value : t -> int * string
(** In a union: kind and bytes of a variant that is not known here. *)

(** {1 The block}

    Read with the functions of {!Get} from {!block_bytes} at the position that
    {!block} gives; then comes {!end_block}. A block shorter than declared is
    completed, elsewhere, with defaults. *)

val block : t -> Layout.t -> int
val block_bytes : t -> Bytes.t

val end_block : t -> Layout.t -> unit
(** Offence: [MISSING_FIELD]. *)
