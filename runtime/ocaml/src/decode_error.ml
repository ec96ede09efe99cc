type t = { code : Error_code.t; offset : int; path : string }

exception Error of t

let to_string { code; offset; path } =
  Printf.sprintf "%s at offset %d: %s" (Error_code.to_string code) offset path

let pp formatter error = Format.pp_print_string formatter (to_string error)

let () =
  Printexc.register_printer (function
    | Error error -> Some ("Mycelium.Decode_error.Error: " ^ to_string error)
    | _ -> None)
