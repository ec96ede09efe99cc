(* Reads frames in hexadecimal, one a line; prints `TYPE BODY ENVELOPE` or
   `error CODE OFFSET PATH` for each. Known types are those of the registry, and the body of
   a good frame is decoded as well. *)

open Mycelium

let envelope_text = function
  | None -> "-"
  | Some (envelope : Envelope.t) ->
      Printf.sprintf "%Lu,%Ld,%s,%s,%Lu,%d,%d" envelope.sequence
        (Timestamp.to_nanoseconds envelope.published_at)
        (Hexadecimal.encode envelope.trace_id)
        (Hexadecimal.encode envelope.span_id)
        envelope.correlation_id envelope.source envelope.destination

let answer bytes =
  let registry = Mycelium_registry.registry in
  let ( let* ) = Result.bind in
  let* frame = Frame.decode ~knows:(Registry.knows registry) bytes in
  let* _ = Registry.decode_frame registry frame in
  let body = Hexadecimal.encode (Bytes.to_string (Frame.body frame)) in
  Ok (Printf.sprintf "%d %s %s" frame.type_id body (envelope_text frame.envelope))

let () =
  try
    while true do
      let bytes = Option.get (Hexadecimal.decode (input_line stdin)) in
      match answer (Bytes.of_string bytes) with
      | Ok text -> print_endline text
      | Error { code; offset; path } ->
          Printf.printf "error %s %d %s\n" (Error_code.to_string code) offset
            path
    done
  with End_of_file -> ()
