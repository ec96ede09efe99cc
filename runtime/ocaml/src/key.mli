(** Keys of maps: how they are ordered, read, written and shown in paths. *)

type 'a t

val compare : 'a t -> 'a -> 'a -> int
(** The order of the wire. *)

val read : 'a t -> Reader.t -> 'a
(** Reads a key in an entry. All offences raise {!Offence.Found}. *)

val write : 'a t -> Writer.t -> 'a -> unit
(** Writes a key in an entry. All offences raise {!Offence.Found}. *)

val size : 'a t -> 'a -> int
(** Bytes of the key itself, without its length prefix. *)

val step : 'a t -> 'a -> string
(** The step of a path that leads to the key's value: [["venue"]], [[7]]. *)

(** {1 The types a key may have} *)

val of_fixed :
  compare:('a -> 'a -> int) -> show:('a -> string) -> 'a Fixed.t -> 'a t
(** A fixed-size type, with its order and what stands between the brackets of a
    path. *)

val u8 : int t
val u16 : int t
val u32 : int t
val u64 : int64 t
val u128 : U128.t t
val u256 : U256.t t
val i8 : int t
val i16 : int t
val i32 : int t
val i64 : int64 t
val i128 : I128.t t

val ascii : int -> string t
(** By size in bytes. *)

val fixed_bytes : int -> string t
(** By size in bytes. *)

val string : string t

val string_within : int -> int -> string t
(** Least and greatest number of bytes. *)

val within : 'a t -> 'a Fixed.t -> 'a t
(** The same key with another codec: one that has limits. *)
