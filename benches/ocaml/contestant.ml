module type CODEC = sig
  type message

  val build : unit -> message
  val encode : message -> int
  val body : unit -> Bytes.t
  val decode : unit -> message
  val read : message -> unit
end

type t = {
  name : string;
  title : string;
  size : int;
  columns : (string * Rounds.loop) list;
}

exception Wrong_values of string

let black_box value = ignore (Sys.opaque_identity value)

module Enter (Codec : CODEC) = struct
  let construct count =
    for _ = 1 to count do
      black_box (Codec.build ())
    done

  let encode message count =
    for _ = 1 to count do
      black_box (Codec.encode (Sys.opaque_identity message))
    done

  let build_and_encode count =
    for _ = 1 to count do
      black_box (Codec.encode (Codec.build ()))
    done

  let decode count =
    for _ = 1 to count do
      black_box (Codec.decode ())
    done

  let decode_and_read count =
    for _ = 1 to count do
      Codec.read (Codec.decode ())
    done

  let contestant name title =
    let message = Codec.build () in
    let size = Codec.encode message in
    if Codec.decode () <> message || Bytes.length (Codec.body ()) <> size then
      raise (Wrong_values title);
    {
      name;
      title;
      size;
      columns =
        [
          ("construct", construct);
          ("encode", encode message);
          ("build_and_encode", build_and_encode);
          ("decode", decode);
          ("decode_and_read", decode_and_read);
        ];
    }
end
