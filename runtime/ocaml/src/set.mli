(** The counterpart of {!Get}: writes a fixed-size value at a position.

    Callers have made room. A value its type cannot hold raises
    {!Offence.Found} at the position. *)

val bool : Bytes.t -> int -> bool -> unit
val u8 : Bytes.t -> int -> int -> unit
val u16 : Bytes.t -> int -> int -> unit
val u32 : Bytes.t -> int -> int -> unit
val u64 : Bytes.t -> int -> int64 -> unit
val i8 : Bytes.t -> int -> int -> unit
val i16 : Bytes.t -> int -> int -> unit
val i32 : Bytes.t -> int -> int -> unit
val i64 : Bytes.t -> int -> int64 -> unit

val f32 : Bytes.t -> int -> float -> unit
(** Rounds to the nearest; a finite number that would become infinite is an
    [ENCODE_RANGE]. *)

val f64 : Bytes.t -> int -> float -> unit
val timestamp : Bytes.t -> int -> Timestamp.t -> unit
val duration : Bytes.t -> int -> Duration.t -> unit

val decimal : int -> Bytes.t -> int -> Decimal.t -> unit
(** The scale comes first: the number is written exactly in it, or refused. *)

val uuid : Bytes.t -> int -> Uuid.t -> unit

val ascii : int -> Bytes.t -> int -> string -> unit
(** The size in bytes comes first; shorter texts are padded with NUL. *)

val bytes : int -> Bytes.t -> int -> string -> unit
(** The size in bytes comes first, and is the only one allowed. *)
