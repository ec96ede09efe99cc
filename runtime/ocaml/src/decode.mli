(** Reading values: what generated decoders are made of.

    A function of type [Reader.t -> 'a] reads one value of variable size that
    reaches from the reader's position to its limit. Fixed-size types have a
    {!Fixed.t} instead. All offences raise {!Offence.Found}. *)

(** {1 Fields}

    Each takes the reader, the tag, and how to read the value. Fields must be
    asked for in ascending order of their tags. *)

val required : Reader.t -> int -> (Reader.t -> 'a) -> 'a
val optional : Reader.t -> int -> (Reader.t -> 'a) -> 'a option

val defaulted : Reader.t -> int -> (Reader.t -> 'a) -> 'a -> 'a
(** The default comes last. *)

val required_fixed : Reader.t -> int -> 'a Fixed.t -> 'a
val optional_fixed : Reader.t -> int -> 'a Fixed.t -> 'a option
val defaulted_fixed : Reader.t -> int -> 'a Fixed.t -> 'a -> 'a

(** {1 Variants}

    The value of the variant that {!Reader.union} has announced. *)

val variant : Reader.t -> (Reader.t -> 'a) -> 'a
val variant_fixed : Reader.t -> 'a Fixed.t -> 'a

(** {1 Texts and bytes} *)

val string : Reader.t -> string

val string_within : int -> int -> Reader.t -> string
(** Least and greatest number of bytes come first. *)

val bytes : Reader.t -> string

val bytes_within : int -> int -> Reader.t -> string
(** Least and greatest number of bytes come first. *)

(** {1 Lists} *)

val packed : 'a Fixed.t -> Reader.t -> 'a array
(** A list of fixed-size elements. *)

val packed_within : int -> int -> 'a Fixed.t -> Reader.t -> 'a array
(** Least and greatest number of elements come first. *)

val list : (Reader.t -> 'a) -> Reader.t -> 'a array
(** A list of elements of variable size. *)

val list_within : int -> int -> (Reader.t -> 'a) -> Reader.t -> 'a array
(** Least and greatest number of elements come first. *)

val counted : int -> int -> Reader.t -> (int -> 'a) -> 'a list
(** What lists and maps share: [counted least greatest reader read_next] reads up
    to the limit, checking depth, bounds and budget. [read_next] gets the number
    of elements before. The last one comes first. *)
