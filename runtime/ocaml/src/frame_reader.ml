type t = {
  limit : int;
  knows : int -> bool;
  mutable bytes : Bytes.t;
  mutable start : int;  (** Of what is not yet taken. *)
  mutable stop : int;  (** Of what was fed. *)
  mutable failure : Decode_error.t option;  (** The error that ended it all. *)
}

let smallest_capacity = 4096

let make ?(limit = Limit.frame_length) ?(knows = fun _ -> true) () =
  { limit; knows; bytes = Bytes.empty; start = 0; stop = 0; failure = None }

let waiting reader = reader.stop - reader.start

(* Moves what is waiting to the front, of larger bytes if need be. Either half of
   the bytes is free then, or they double: each byte fed is moved a bounded
   number of times. *)
let make_room reader size =
  let kept = waiting reader in
  let capacity = Bytes.length reader.bytes in
  let bytes =
    if 2 * (kept + size) <= capacity then reader.bytes
    else Bytes.create (max smallest_capacity (2 * (kept + size)))
  in
  Bytes.blit reader.bytes reader.start bytes 0 kept;
  reader.bytes <- bytes;
  reader.start <- 0;
  reader.stop <- kept

let feed reader ?(offset = 0) ?length piece =
  let available = Bytes.length piece - offset in
  let length = Option.value length ~default:available in
  if offset < 0 || length < 0 || length > available then
    invalid_arg "Mycelium.Frame_reader.feed: not a range of the bytes";
  if length > Bytes.length reader.bytes - reader.stop then
    make_room reader length;
  Bytes.blit piece offset reader.bytes reader.stop length;
  reader.stop <- reader.stop + length

let take reader (header : Frame.header) =
  let start = reader.start in
  let stop = start + Frame.header_size + header.frame_length in
  (* The offence of an unknown type comes after this: it skips the frame. *)
  reader.start <- stop;
  let frame = Frame.of_header header ~knows:reader.knows reader.bytes start in
  { frame with bytes = Frame.body frame; offset = 0 }

let next_frame reader =
  if waiting reader < Frame.header_size then None
  else
    let header =
      Frame.read_header ~limit:reader.limit reader.bytes reader.start
    in
    let needed = Frame.header_size + header.frame_length in
    if waiting reader < needed then None else Some (take reader header)

let next reader =
  match reader.failure with
  | Some error -> Error error
  | None -> (
      let start = reader.start in
      match next_frame reader with
      | frame -> Ok frame
      | exception Offence.Found { code; position; path = _ } ->
          let error =
            { Decode_error.code; offset = position - start; path = "Frame" }
          in
          if code <> Unknown_type then reader.failure <- Some error;
          Error error)
