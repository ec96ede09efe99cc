module type S = sig
  include Value.NESTED

  val name : string
  val wire_digest : int64
  val full_digest : int64
  val versions : Versions.history
  val version_verdict : Versions.peer -> Versions.direction -> Versions.verdict
  val encode : t -> (Bytes.t, Encode_error.t) result
  val encode_exn : t -> Bytes.t
  val encode_to_buffer : Buffer.t -> t -> (unit, Encode_error.t) result

  val encode_to_bytes :
    Bytes.t -> offset:int -> t -> (int, Encode_error.t) result

  val append : Writer.t -> t -> (unit, Encode_error.t) result

  val decode :
    ?offset:int -> ?length:int -> Bytes.t -> (t, Decode_error.t) result

  val decode_exn : ?offset:int -> ?length:int -> Bytes.t -> t
end

type any = ..

module type FRAMED = sig
  include S

  type any += Message of t

  val type_id : int
  val topic : string option

  val encode_frame :
    ?limit:int ->
    ?envelope:Envelope.t ->
    t ->
    (Bytes.t, Encode_error.t) result
end

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

(* The part of a qualified name after the last point. *)
let short_name name =
  match String.rindex_opt name '.' with
  | Some point -> String.sub name (point + 1) (String.length name - point - 1)
  | None -> name

(* Room a fresh writer starts with: most messages fit. *)
let usual_size = 128

module Make (Codec : CODEC) = struct
  include Value.Make (Codec)

  let name = Codec.name
  let short_name = short_name name
  let wire_digest = Codec.wire_digest
  let full_digest = Codec.full_digest
  let versions = Codec.versions
  let version_verdict = Versions.verdict ~name ~wire_digest versions
  let read = Codec.read
  let write = Codec.write

  let append_exn writer message =
    try Writer.outermost writer Codec.write message
    with Offence.Found offence ->
      let path = Offence.path offence short_name in
      raise (Encode_error.Error { code = offence.code; path })

  let append writer message =
    match append_exn writer message with
    | () -> Ok ()
    | exception Encode_error.Error error -> Error error

  let written message =
    let writer = Writer.make usual_size in
    append_exn writer message;
    writer

  let encode_exn message = Writer.contents (written message)

  let encode message =
    match encode_exn message with
    | body -> Ok body
    | exception Encode_error.Error error -> Error error

  let encode_to_buffer buffer message =
    match written message with
    | writer ->
        let bytes = Writer.bytes writer and length = Writer.length writer in
        Ok (Buffer.add_subbytes buffer bytes 0 length)
    | exception Encode_error.Error error -> Error error

  let encode_to_bytes bytes ~offset message =
    match written message with
    | writer ->
        let length = Writer.length writer in
        Bytes.blit (Writer.bytes writer) 0 bytes offset length;
        Ok length
    | exception Encode_error.Error error -> Error error

  (* Where an offence lies is of interest once there is one: then the body is read
     again, up to that place. *)
  let decode_locating bytes ~offset ~length =
    try Codec.read (Reader.make ~locates:true bytes ~offset ~length)
    with Offence.Found offence ->
      let path = Offence.path offence short_name in
      let offset = offence.position - offset in
      raise (Decode_error.Error { code = offence.code; offset; path })

  let decode_exn ?(offset = 0) ?length bytes =
    let available = Bytes.length bytes - offset in
    let length = Option.value length ~default:available in
    if offset < 0 || length < 0 || length > available then
      invalid_arg (name ^ ".decode: not a range of the bytes");
    try Codec.read (Reader.make ~locates:false bytes ~offset ~length)
    with Offence.Found _ -> decode_locating bytes ~offset ~length

  let decode ?offset ?length bytes =
    match decode_exn ?offset ?length bytes with
    | message -> Ok message
    | exception Decode_error.Error error -> Error error
end

module Make_framed (Codec : sig
  include CODEC

  val type_id : int
  val topic : string option
end) =
struct
  include Make (Codec)

  type any += Message of Codec.t

  let type_id = Codec.type_id
  let topic = Codec.topic

  let encode_frame ?limit ?envelope message =
    let writer = Writer.make (Frame.header_size + Envelope.size + usual_size) in
    let body writer = append_exn writer message in
    match Frame.append ?limit ?envelope writer ~type_id body with
    | Ok () -> Ok (Writer.contents writer)
    | Error error -> Error error
    | exception Encode_error.Error error -> Error error
end
