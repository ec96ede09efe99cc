(** Frames out of a stream whose pieces end anywhere.

    A reader holds what was fed and not yet taken, and no more: a length that a
    header merely claims allocates nothing. *)

type t

val make : ?limit:int -> ?knows:(int -> bool) -> unit -> t
(** [limit] and [knows] as for {!Frame.decode}. *)

val feed : t -> ?offset:int -> ?length:int -> Bytes.t -> unit
(** Adds a piece of the stream, which is copied. The range is as in
    {!Message.S.decode}.

    @raise Invalid_argument if the range does not lie within the bytes. *)

val next : t -> (Frame.t option, Decode_error.t) result
(** Takes the next frame; [Ok None] until all of it has been fed. The frame has
    bytes of its own.

    After [UNKNOWN_TYPE] the reader stands behind that frame and goes on. Any
    other error is final: there is no telling where the next frame would start,
    and [next] gives the same error again. *)

val waiting : t -> int
(** Bytes fed and not yet taken. At the end of the stream anything but 0 means
    that a frame was cut short. *)
