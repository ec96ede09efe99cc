(** Maps, held as association lists.

    Decoded ones are ascending by key. Those to be encoded may be in any order,
    with every key at most once. All offences raise {!Offence.Found}. *)

val decode : 'k Key.t -> (Reader.t -> 'v) -> Reader.t -> ('k * 'v) list
(** The function given reads an entry's value: {!Decode.fixed_part} where that is
    of fixed size. *)

val decode_within :
  int -> int -> 'k Key.t -> (Reader.t -> 'v) -> Reader.t -> ('k * 'v) list
(** Least and greatest number of entries come first. *)

val encode :
  'k Key.t -> (Writer.t -> 'v -> unit) -> Writer.t -> ('k * 'v) list -> unit
(** The function given writes an entry's value: {!Encode.fixed_part} where that is
    of fixed size. *)

val encode_within :
  int ->
  int ->
  'k Key.t ->
  (Writer.t -> 'v -> unit) ->
  Writer.t ->
  ('k * 'v) list ->
  unit
(** Least and greatest number of entries come first. *)
