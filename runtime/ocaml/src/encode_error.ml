type t = { code : Error_code.t; path : string }

exception Error of t

let to_string { code; path } =
  Printf.sprintf "%s: %s" (Error_code.to_string code) path

let pp formatter error = Format.pp_print_string formatter (to_string error)

let () =
  Printexc.register_printer (function
    | Error error -> Some ("Mycelium.Encode_error.Error: " ^ to_string error)
    | _ -> None)
