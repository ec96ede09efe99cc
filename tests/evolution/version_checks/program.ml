(* Answers questions about versions, as program.rs beside it says. *)

open Mycelium.Versions

let entries text =
  String.split_on_char '\x1e' text
  |> List.filter (fun entry -> entry <> "")
  |> List.map (String.split_on_char '\x1f')

let digest digits = Int64.of_string ("0x" ^ digits)

let direction = function
  | "NEITHER" -> Neither
  | "READS" -> Reads
  | "IS_READ_BY" -> Is_read_by
  | "BOTH" -> Both
  | name -> failwith ("no direction: " ^ name)

let known = function
  | [ version; wire_digest; side; differences ] ->
      let wire_digest = digest wire_digest and direction = direction side in
      { version; wire_digest; direction; differences }
  | _ -> failwith "no known version"

let accepted = function
  | [ wire_digest; side ] -> (digest wire_digest, direction side)
  | _ -> failwith "no accepted digest"

let version = function "-" -> None | digits -> Mycelium.Hexadecimal.decode digits

let generated name peer flow =
  let has_name (module M : Mycelium.Message.FRAMED) = M.name = name in
  let messages = Mycelium.Registry.messages Mycelium_registry.registry in
  let (module M) = List.find has_name messages in
  M.version_verdict peer flow

let judge line =
  match String.split_on_char '\t' line with
  | [ source; name; own; own_version; same; others; peer_digest; peer_version; vouched; flow ] ->
      let accepted = List.map accepted (entries vouched) in
      let peer = peer ?version:(version peer_version) ~accepted (digest peer_digest) in
      if source = "generated" then generated name peer (direction flow)
      else
        let known = List.map known (entries others) in
        let history = { version = own_version; same; known } in
        verdict ~name ~wire_digest:(digest own) history peer (direction flow)
  | _ -> failwith "no question"

let compatibility = function
  | Exact -> "Exact"
  | Compatible -> "Compatible"
  | Incompatible -> "Incompatible"

let rec serve () =
  match input_line stdin with
  | exception End_of_file -> ()
  | line ->
      let { compatibility = found; message } = judge line in
      print_endline (compatibility found ^ "\t" ^ Lazy.force message);
      serve ()

let () = serve ()
