(** Little-endian words in bytes. As in [Stdlib.Bytes], but inlined everywhere, so
    that the numbers are never boxed on their way, and unchecked: callers have
    seen to it, once for many, that the word lies within the bytes. *)

val get : Bytes.t -> int -> int64
val set : Bytes.t -> int -> int64 -> unit
val get_32 : Bytes.t -> int -> int32
val set_32 : Bytes.t -> int -> int32 -> unit
val get_16 : Bytes.t -> int -> int
val set_16 : Bytes.t -> int -> int -> unit
val get_8 : Bytes.t -> int -> int
val set_8 : Bytes.t -> int -> int -> unit

val bytes_swapped : int64 -> int64
(** The first byte becomes the last one. *)

(** {1 Words of strings} *)

val strings_are_words : bool
(** Whether strings lie in memory as {!of_string} needs it: in 64-bit native code,
    where a string of [n] bytes fills [n / 8 + 1] words. After its bytes come
    zeros, and the very last byte is the number of these zeros, 0 to 7. (The
    manual of OCaml, "Interfacing C with OCaml", on values of type string.) *)

val of_string : string -> int -> int64
(** [of_string text position]: any of the words a string fills; [position] is a
    multiple of 8, up to the string's length. Only where
    {!strings_are_words}. *)
