(** Frames: a message type, perhaps an envelope, and a body.

    What is wrong with a frame itself has the path [Frame], and offsets from the
    start of the frame. *)

type t = {
  type_id : int;  (** 1 to 65,535. *)
  envelope : Envelope.t option;
  bytes : Bytes.t;  (** What holds the body. *)
  offset : int;  (** Where the body starts in there. *)
  length : int;  (** Of the body, in bytes. *)
}

val header_size : int
(** 8. *)

val version : int
(** The wire version, 1. *)

val body : t -> Bytes.t
(** A copy of the body. *)

val decode :
  ?limit:int ->
  ?knows:(int -> bool) ->
  ?offset:int ->
  ?length:int ->
  Bytes.t ->
  (t, Decode_error.t) result
(** Takes apart the one frame that fills a range of bytes, without copying. [limit]
    bounds what follows the header, 16 MiB unless given; [knows] tells known
    type ids, all but 0 unless given. The range is as in {!Message.S.decode}.

    Errors: [TRUNCATED], [BAD_VERSION], [BAD_FLAGS], [FRAME_TOO_LARGE],
    [UNKNOWN_TYPE], [TRAILING_BYTES].

    @raise Invalid_argument if the range does not lie within the bytes. *)

val encode :
  ?limit:int ->
  ?envelope:Envelope.t ->
  type_id:int ->
  Bytes.t ->
  (Bytes.t, Encode_error.t) result
(** A frame around a body, with what {!append} refuses. *)

val append :
  ?limit:int ->
  ?envelope:Envelope.t ->
  Writer.t ->
  type_id:int ->
  (Writer.t -> unit) ->
  (unit, Encode_error.t) result
(** [append writer ~type_id write_body] appends a frame whose body [write_body]
    appends. After an error, or an exception of [write_body], the writer is as
    long as it was.

    Errors: [FRAME_TOO_LARGE]; [ENCODE_RANGE] for a type id outside 1..65535;
    those of {!Envelope.codec}. *)

(** {1 For readers of streams} *)

type header = {
  header_type_id : int;
  has_envelope : bool;
  frame_length : int;  (** Bytes after the header. *)
}

val read_header : limit:int -> Bytes.t -> int -> header
(** The header at a position, at least 8 bytes from the end. Offences
    ({!Offence.Found}) have positions in the bytes. *)

val of_header : header -> knows:(int -> bool) -> Bytes.t -> int -> t
(** The frame whose header lies at that position, all of it within the bytes.
    Offences as for {!read_header}. *)
