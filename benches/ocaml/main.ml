open Contestant

let quotes () =
  let module Ours = Enter (Of_mycelium.Quote) in
  let module Hand = Enter (By_hand.Quote) in
  let module Marshal = Enter (Of_marshal.Quote) in
  let module Bin_prot = Enter (Of_bin_prot.Quote) in
  [
    Ours.contestant "mycelium" "Mycelium";
    Hand.contestant "by_hand" "by hand, same checks";
    Marshal.contestant "marshal" "Marshal";
    Bin_prot.contestant "bin_prot" "bin_prot";
  ]

let books () =
  let module Ours = Enter (Of_mycelium.Book) in
  let module Hand = Enter (By_hand.Book) in
  let module Marshal = Enter (Of_marshal.Book) in
  let module Bin_prot = Enter (Of_bin_prot.Book) in
  [
    Ours.contestant "mycelium" "Mycelium";
    Hand.contestant "by_hand" "by hand, same checks";
    Marshal.contestant "marshal" "Marshal";
    Bin_prot.contestant "bin_prot" "bin_prot";
  ]

let orders () =
  let module Ours = Enter (Of_mycelium.Order) in
  let module New = Enter (Of_mycelium.Order_of_new_texts) in
  let module Marshal = Enter (Of_marshal.Order) in
  let module Bin_prot = Enter (Of_bin_prot.Order) in
  [
    Ours.contestant "mycelium" "Mycelium";
    New.contestant "mycelium_new_texts" "Mycelium, texts that are new";
    Marshal.contestant "marshal" "Marshal";
    Bin_prot.contestant "bin_prot" "bin_prot";
  ]

let trading_quotes () =
  let module Ours = Enter (Of_mycelium.Trading_quote) in
  let module Marshal = Enter (Of_marshal.Trading_quote) in
  let module Bin_prot = Enter (Of_bin_prot.Trading_quote) in
  [
    Ours.contestant "mycelium" "Mycelium";
    Marshal.contestant "marshal" "Marshal";
    Bin_prot.contestant "bin_prot" "bin_prot";
  ]

let subjects =
  [
    ("quote", "Quote: 8 fields, floats", quotes);
    ("book", "Book: 20 bids and 20 asks", books);
    ("order", "Order: uuid, optional price, 3 tags, 2 attributes", orders);
    ( "trading_quote",
      "The trading schema's quote: decimals, timestamp, a list",
      trading_quotes );
  ]

(* Every loop finds the codec's memory as its own contestant filled it. *)
let measured contestants rounds column =
  let loops = List.map (fun { columns; _ } -> List.assoc column columns) contestants in
  List.map2
    (fun { name; _ } { Rounds.median_ns; p99_ns } ->
      ( name,
        Printf.sprintf {|"%s":{"median_ns":%.2f,"p99_ns":%.2f}|} column median_ns
          p99_ns ))
    contestants
    (Rounds.take_turns loops rounds)

let table rounds (subject, title, contestants) =
  let contestants = contestants () in
  let columns = List.map fst (List.hd contestants).columns in
  let cells = List.concat_map (measured contestants rounds) columns in
  let row { name; title; size; _ } =
    let own = List.filter (fun (owner, _) -> owner = name) cells in
    Printf.sprintf {|{"name":"%s","title":"%s","size":%d,"columns":{%s}}|} name
      title size
      (String.concat "," (List.map snd own))
  in
  Printf.sprintf {|{"name":"%s","title":"%s","rows":[%s]}|} subject title
    (String.concat "," (List.map row contestants))

let run_one subject contestant column count =
  let _, _, contestants = List.find (fun (name, _, _) -> name = subject) subjects in
  let { columns; _ } =
    List.find (fun { name; _ } -> name = contestant) (contestants ())
  in
  List.assoc column columns count

let () =
  match Array.to_list Sys.argv with
  | [ _; "loop"; subject; contestant; column; count ] ->
      run_one subject contestant column (int_of_string count)
  | arguments ->
      let rounds =
        match arguments with [ _; rounds ] -> int_of_string rounds | _ -> 120
      in
      Printf.printf
        {|{"language":"ocaml","toolchain":"OCaml %s, ocamlopt","rounds":%d,"versions":{%s},"tables":[%s]}|}
        Sys.ocaml_version rounds Versions.members
        (String.concat "," (List.map (table rounds) subjects))
