(** Fixed-size values at a position in bytes.

    Each function takes the bytes and the index of the value's first byte.
    Callers have checked that the whole value lies within the bytes; offences of
    its content raise {!Offence.Found} at the value's first byte. *)

val bool : Bytes.t -> int -> bool
val u8 : Bytes.t -> int -> int
val u16 : Bytes.t -> int -> int
val u32 : Bytes.t -> int -> int
val u64 : Bytes.t -> int -> int64
val i8 : Bytes.t -> int -> int
val i16 : Bytes.t -> int -> int
val i32 : Bytes.t -> int -> int
val i64 : Bytes.t -> int -> int64
val f32 : Bytes.t -> int -> float
val f64 : Bytes.t -> int -> float
val timestamp : Bytes.t -> int -> Timestamp.t
val duration : Bytes.t -> int -> Duration.t

val decimal : int -> Bytes.t -> int -> Decimal.t
(** The scale comes first. *)

val uuid : Bytes.t -> int -> Uuid.t

val ascii : int -> Bytes.t -> int -> string
(** The size in bytes comes first; the text comes without its padding. *)

val bytes : int -> Bytes.t -> int -> string
(** The size in bytes comes first. *)
