(** Reading values: what generated decoders are made of.

    A function of type [Reader.t -> 'a] reads one value of variable size with the
    length before it. Fixed-size types have a {!Fixed.t} instead. All offences
    raise {!Offence.Found}.

    A reader that does not {!Reader.locates} offences finds the same ones, perhaps
    another one first: what matters then is that there is one. *)

(** {1 Values of fixed size} *)

val fixed : 'a Fixed.t -> Reader.t -> 'a
(** The value of a field, after its header. *)

val fixed_part : 'a Fixed.t -> Reader.t -> 'a
(** A part of a map's entry. *)

(** {1 Variants}

    The value of the variant that {!Reader.union} has announced. *)

val variant : (Reader.t -> 'a) -> Reader.t -> 'a
val variant_fixed : 'a Fixed.t -> Reader.t -> 'a

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

val strings : (Reader.t -> string) -> Reader.t -> string array
(** As {!list}, of strings or bytes. *)

val strings_within :
  int -> int -> (Reader.t -> string) -> Reader.t -> string array
(** As {!list_within}. *)

val check_bound : int -> int -> int -> int -> unit
(** [check_bound count least greatest position]. Offence: [BOUND_EXCEEDED]. *)
