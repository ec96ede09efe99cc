(** Maps, held as association lists.

    Decoded ones are ascending by key. Those to be encoded may be in any order,
    with every key at most once. All offences raise {!Offence.Found}. *)

val decode : 'k Key.t -> (Reader.t -> 'v) -> Reader.t -> ('k * 'v) list
(** The function given reads an entry's value as {!value} and {!fixed_value}
    do. *)

val decode_within :
  int -> int -> 'k Key.t -> (Reader.t -> 'v) -> Reader.t -> ('k * 'v) list
(** Least and greatest number of entries come first. *)

val value : (Reader.t -> 'v) -> Reader.t -> 'v
(** An entry's value of variable size. *)

val fixed_value : 'v Fixed.t -> Reader.t -> 'v
(** An entry's value of fixed size. *)

val encode :
  'k Key.t -> (Writer.t -> 'v -> unit) -> Writer.t -> ('k * 'v) list -> unit
(** The function given writes an entry's value as {!write_value} and
    {!write_fixed_value} do. *)

val encode_within :
  int ->
  int ->
  'k Key.t ->
  (Writer.t -> 'v -> unit) ->
  Writer.t ->
  ('k * 'v) list ->
  unit
(** Least and greatest number of entries come first. *)

val write_value : (Writer.t -> 'v -> unit) -> Writer.t -> 'v -> unit
(** An entry's value of variable size. *)

val write_fixed_value : 'v Fixed.t -> Writer.t -> 'v -> unit
(** An entry's value of fixed size. *)
