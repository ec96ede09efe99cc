(** Codecs of the fixed-size types. *)

type 'a t
(** How values of one fixed-size type lie in bytes. *)

val size : 'a t -> int
(** In bytes. *)

val kind : 'a t -> int
(** The wire kind of a tagged field of this type: 0 to 5 for the sizes that have
    one, else 6. *)

val get : 'a t -> Bytes.t -> int -> 'a
(** As the functions of {!Get}. *)

val set : 'a t -> Bytes.t -> int -> 'a -> unit
(** As the functions of {!Set}. *)

val get_many : 'a t -> Bytes.t -> int -> int -> 'a array
(** [get_many codec bytes start count]: values side by side. Paths of offences
    begin with the value's index. *)

val set_many : 'a t -> Bytes.t -> int -> 'a array -> unit
(** [set_many codec bytes start values], as {!get_many}. *)

(** {1 The types of the language} *)

val bool : bool t
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
val f32 : float t
val f64 : float t
val timestamp : Timestamp.t t
val duration : Duration.t t

val decimal : int -> Decimal.t t
(** By scale. *)

val uuid : Uuid.t t

val ascii : int -> string t
(** By size in bytes. *)

val bytes : int -> string t
(** By size in bytes. *)

(** {1 Building others} *)

val between : ('a -> 'a -> int) -> 'a -> 'a -> 'a t -> 'a t
(** [between compare least greatest codec] refuses, both ways, values outside the
    limits, which are themselves inside: [OUT_OF_RANGE]. What counts is the
    value as the wire holds it. *)

val float_between : float -> float -> float t -> float t
(** As {!between}, by the comparison of IEEE 754: NaN is always outside. *)

val open_enum :
  'number t ->
  of_number:('number -> 'a) ->
  to_number:('a -> 'number) ->
  'a t
(** An enum that keeps unknown numbers. *)

val closed_enum :
  'number t ->
  of_number:('number -> 'a option) ->
  to_number:('a -> 'number) ->
  'a t
(** An enum without unknown numbers: [BAD_ENUM]. *)

val array : 'a t -> int -> 'a array t
(** That many elements, packed. *)

val make :
  size:int ->
  get:(Bytes.t -> int -> 'a) ->
  set:(Bytes.t -> int -> 'a -> unit) ->
  'a t

val record :
  size:int ->
  fields:(string * int) list ->
  get:(Bytes.t -> int -> 'a) ->
  get_four:(Bytes.t -> int -> 'a array) ->
  set:(Bytes.t -> int -> 'a -> unit) ->
  'a t
(** As {!make}, for a struct: [fields] are the names of its fields and their
    distances from its start, ascending, for the paths of offences. [get_four]
    reads four structs, side by side, the first one first: where the type is
    known that takes less time. *)
