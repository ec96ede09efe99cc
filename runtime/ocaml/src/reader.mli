(** A cursor over one message body inside bytes that are not copied.

    A reader stands within the innermost body or value, which ends at {!limit}.
    It checks what the wire contract says of headers and lengths; what values
    hold is the business of {!Decode}. All offences raise {!Offence.Found}. *)

type t

val make : Bytes.t -> offset:int -> length:int -> t
(** A reader of the body in that range, which the caller has checked. *)

val bytes : t -> Bytes.t
val position : t -> int

val limit : t -> int
(** The end of the innermost body or value. *)

val at_limit : t -> bool

(** {1 Values} *)

val take : t -> int -> int
(** [take reader size] passes over that many bytes and gives the position of the
    first. Offence: [TRUNCATED]. *)

val take_rest : t -> int
(** Passes over all bytes up to {!limit} and gives their number. *)

val length : t -> int
(** Reads a length prefix. So many bytes do follow it. Offences: [TRUNCATED],
    [NON_CANONICAL]. *)

val sized : t -> (t -> 'a) -> 'a
(** [sized reader read] reads a length prefix, then with [read] exactly the bytes
    it counts. [read] must leave the reader {!at_limit}. *)

(** {1 Nesting} *)

val enter : t -> unit
(** One level down. Offence: [DEPTH_EXCEEDED]. *)

val leave : t -> unit

val spend : t -> unit
(** Counts one element or entry. Offence: [BUDGET_EXCEEDED]. *)

val message : t -> Layout.t -> (t -> 'a) -> 'a
(** [message reader layout read] reads a message body that reaches to {!limit}.
    [read] asks for block and fields in their order; what it leaves is skipped
    as unknown. *)

val union : t -> Layout.t -> (t -> int -> 'a) -> 'a
(** [union reader layout read] reads a union body: its header, then with [read],
    which gets the tag, the element's value. *)

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
