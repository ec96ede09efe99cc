(** Values of one size, side by side. *)

val get_four : (Bytes.t -> int -> 'a) -> int -> Bytes.t -> int -> 'a array
(** [get_four get stride bytes start]: the values that [get] reads in [bytes] at
    [start], at [start + stride] and so on, in this order. *)

val get_many :
  get:(Bytes.t -> int -> 'a) ->
  get_four:(Bytes.t -> int -> 'a array) ->
  stride:int ->
  Bytes.t ->
  int ->
  int ->
  'a array
(** [get_many ~get ~get_four ~stride bytes start count]: that many values. *)
