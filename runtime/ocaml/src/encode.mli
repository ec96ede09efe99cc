(** Writing values: what generated encoders are made of.

    A function of type [Writer.t -> 'a -> unit] appends one value of variable
    size with its length before it. Fixed-size types have a {!Fixed.t} instead.
    All offences raise {!Offence.Found}.

    A writer that does not {!Writer.locates} offences finds the same ones, perhaps
    another one first: what matters then is that there is one. *)

(** {1 Values of fixed size} *)

val fixed : 'a Fixed.t -> Writer.t -> 'a -> unit
(** The value of a field, after its header. *)

val fixed_part : 'a Fixed.t -> Writer.t -> 'a -> unit
(** A part of a map's entry. *)

(** {1 Fields and variants}

    Each takes the writer, the tag, how to write the value, and the value. Fields
    must come in ascending order of their tags. *)

val field : Writer.t -> int -> (Writer.t -> 'a -> unit) -> 'a -> unit
val field_fixed : Writer.t -> int -> 'a Fixed.t -> 'a -> unit
val optional : Writer.t -> int -> (Writer.t -> 'a -> unit) -> 'a option -> unit
val optional_fixed : Writer.t -> int -> 'a Fixed.t -> 'a option -> unit

(** {1 Texts and bytes} *)

val string : Writer.t -> string -> unit

val string_within : int -> int -> Writer.t -> string -> unit
(** Least and greatest number of bytes come first. *)

val bytes : Writer.t -> string -> unit

val bytes_within : int -> int -> Writer.t -> string -> unit
(** Least and greatest number of bytes come first. *)

(** {1 Lists} *)

val packed : 'a Fixed.t -> Writer.t -> 'a array -> unit
(** A list of fixed-size elements. *)

val packed_within : int -> int -> 'a Fixed.t -> Writer.t -> 'a array -> unit
(** Least and greatest number of elements come first. *)

val list : (Writer.t -> 'a -> unit) -> Writer.t -> 'a array -> unit
(** A list of elements of variable size. *)

val list_within :
  int -> int -> (Writer.t -> 'a -> unit) -> Writer.t -> 'a array -> unit
(** Least and greatest number of elements come first. *)

val check_bound : Writer.t -> int -> int -> int -> unit
(** [check_bound writer count least greatest]. Offence: [BOUND_EXCEEDED]. *)
