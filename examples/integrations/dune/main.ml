(* Encodes an order and reads it back. *)

open Shop

let () =
  let order = Order.make ~id:7L ~item:"lamp" () in
  match Order.decode (Order.encode_exn order) with
  | Ok read -> print_endline (Order.to_string read)
  | Error error -> prerr_endline (Mycelium.Decode_error.to_string error)
