(** What may travel between a frame's header and its body, in 56 bytes. *)

type t = {
  sequence : int64;
      (** [u64]: per publishing node and message type, from 1. A gap tells how
          many messages were lost. *)
  published_at : Timestamp.t;
  trace_id : string;  (** 16 bytes. *)
  span_id : string;  (** 8 bytes. *)
  correlation_id : int64;  (** [u64]: joins a reply to its request. *)
  source : int;  (** Node number, 32 bits; 0 is unset. *)
  destination : int;  (** Node number, 32 bits; 0 is unset. *)
}

val size : int
(** 56. *)

val make :
  ?sequence:int64 ->
  ?published_at:Timestamp.t ->
  ?trace_id:string ->
  ?span_id:string ->
  ?correlation_id:int64 ->
  ?source:int ->
  ?destination:int ->
  unit ->
  t
(** What is not given is zero. *)

val codec : t Fixed.t
(** Encoding offences: [BAD_LENGTH] for identifiers of another length,
    [ENCODE_RANGE] for node numbers beyond 32 bits. *)

val pp : Format.formatter -> t -> unit
