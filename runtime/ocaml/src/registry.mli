(** A set of message types, found by type id. *)

type t

val make : (module Message.FRAMED) list -> t
(** @raise Invalid_argument if two of them have one type id. *)

val messages : t -> (module Message.FRAMED) list
(** Ascending by type id. *)

val find : t -> int -> (module Message.FRAMED) option
(** The message of that type id. *)

val knows : t -> int -> bool
(** Whether there is a message of that type id. *)

val decode :
  t ->
  type_id:int ->
  ?offset:int ->
  ?length:int ->
  Bytes.t ->
  (Message.any, Decode_error.t) result
(** Reads a body of that type: match the result with [Quote.Message quote] and
    its like. An id that is not known is an [UNKNOWN_TYPE]. The range is as in
    {!Message.S.decode}. *)

val decode_frame : t -> Frame.t -> (Message.any, Decode_error.t) result
(** Reads the body of a frame. *)
