(** What the generated module of a message offers, so that code can be written for
    any of them: [(module Trading_market.Quote)] is a {!FRAMED} module. *)

(** Messages. *)
module type S = sig
  include Value.NESTED

  val name : string
  (** The qualified name, such as ["trading.market.Quote"]. *)

  val wire_digest : int64
  (** Of all that decides bytes and validity, as the bits of a [u64]. *)

  val full_digest : int64
  (** Of names, topics and deprecations as well, as the bits of a [u64]. *)

  val versions : Versions.history
  (** What the lock of the schemas knows of its versions. *)

  val version_verdict : Versions.peer -> Versions.direction -> Versions.verdict
  (** Whether data can flow between this version and a peer's. *)

  val encode : t -> (Bytes.t, Encode_error.t) result
  (** The message's body. *)

  val encode_exn : t -> Bytes.t
  (** As {!encode}.

      @raise Encode_error.Error where that gives [Error]. *)

  val encode_to_buffer : Buffer.t -> t -> (unit, Encode_error.t) result
  (** Appends the body to a buffer, which an [Error] leaves as it was. *)

  val encode_to_bytes :
    Bytes.t -> offset:int -> t -> (int, Encode_error.t) result
  (** Writes the body at the offset and gives the number of bytes written. An
      [Error] leaves the bytes as they were.

      @raise Invalid_argument if the body does not fit. *)

  val append : Writer.t -> t -> (unit, Encode_error.t) result
  (** Appends the body to a writer: the fastest way, for a writer that is used
      again. An [Error] leaves it as long as it was. *)

  val decode :
    ?offset:int -> ?length:int -> Bytes.t -> (t, Decode_error.t) result
  (** Reads the body in that range: [offset] is 0 unless given, [length] reaches
      to the end. The input is not copied.

      @raise Invalid_argument if the range does not lie within the bytes. *)

  val decode_exn : ?offset:int -> ?length:int -> Bytes.t -> t
  (** As {!decode}.

      @raise Decode_error.Error where that gives [Error]. *)
end

type any = ..
(** A message of any type. Each message with a type id adds its own constructor,
    [Quote.Message]; {!Registry.decode} gives them. *)

(** Messages with a type id: these travel in frames. *)
module type FRAMED = sig
  include S

  type any += Message of t  (** This message among {!any} other. *)

  val type_id : int
  (** The type in a frame's header. *)

  val topic : string option
  (** The topic the schema names, for people and tools. *)

  val encode_frame :
    ?limit:int ->
    ?envelope:Envelope.t ->
    t ->
    (Bytes.t, Encode_error.t) result
  (** A whole frame, with what {!Frame.append} refuses. *)
end

(** {1 For generated code} *)

(** What generated code knows of a message. *)
module type CODEC = sig
  type t

  val name : string
  val wire_digest : int64
  val full_digest : int64
  val versions : Versions.history
  val read : Reader.t -> t
  val write : Writer.t -> t -> unit
  val pp : Format.formatter -> t -> unit
end

module Make (Codec : CODEC) : S with type t := Codec.t

module Make_framed (Codec : sig
  include CODEC

  val type_id : int
  val topic : string option
end) : FRAMED with type t := Codec.t
