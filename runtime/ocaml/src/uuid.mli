(** Universally unique identifiers (RFC 4122). *)

type t
(** Immutable. The polymorphic comparison and hash of the standard library agree
    with {!compare} and {!hash}. *)

val nil : t
(** All bits zero. *)

val of_bytes : string -> t option
(** The 16 bytes in the order of RFC 4122. [None] for any other length. *)

val to_bytes : t -> string
(** What {!of_bytes} reads. *)

val get : Bytes.t -> int -> t
(** [get bytes position]: 16 bytes that callers have checked to be there. *)

val set : Bytes.t -> int -> t -> unit
(** The counterpart of {!get}. *)

val of_string : string -> t option
(** Reads [8-4-4-4-12] hexadecimal digits of either case. *)

val of_string_exn : string -> t
(** As {!of_string}.

    @raise Invalid_argument where that gives [None]. *)

val to_string : t -> string
(** Lower-case, with hyphens. *)

val equal : t -> t -> bool
val compare : t -> t -> int
val hash : t -> int

val pp : Format.formatter -> t -> unit
(** Prints {!to_string}. *)
