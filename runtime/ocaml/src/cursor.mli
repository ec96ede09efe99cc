(** A place in bytes, and what bounds the way from there: the part of a {!Reader}
    that knows nothing of headers. All offences raise {!Offence.Found}.
    {!Reader} says what each function does. *)

type t = {
  bytes : Bytes.t;
  last_word : int;  (** The last position in there with 8 bytes. *)
  mutable position : int;
  mutable limit : int;
  mutable depth : int;
  mutable budget : int;
  mutable tag : int;
      (** The last tag of the body being read: 0 the block, -1 none yet. When an
          offence is raised: the element it lies in, -1 for the body itself. *)
  mutable header : int;  (** Position of the last header. *)
  mutable kind : int;  (** Its kind. *)
  mutable pending : int;
      (** Its tag, while nobody has asked for the element; else -1. *)
  mutable block_bytes : Bytes.t;  (** What holds a complete block. *)
  mutable block_start : int;  (** Where the block starts in there. *)
  mutable block_origin : int;  (** Where it starts in [bytes]. *)
  mutable block_length : int;  (** How much of it came from [bytes]. *)
  locates : bool;  (** Whether offences are given their path. *)
}

val make : locates:bool -> Bytes.t -> offset:int -> length:int -> t
val locates : t -> bool
val bytes : t -> Bytes.t
val position : t -> int
val limit : t -> int
val at_limit : t -> bool

(** {1 Values} *)

val take : t -> int -> int
val length : t -> int
val pass : t -> int -> int
val last_word : t -> int
val move_to : t -> int -> unit
val narrow : t -> int
val widen : t -> int -> unit

(** {1 Nesting} *)

val enter : t -> unit
val leave : t -> unit
val spend : t -> int -> unit
