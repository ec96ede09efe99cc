open Trading_instrument
open Trading_orders

let order =
  Order_request.make
    ~id:(Mycelium.Uuid.of_string_exn "0f8fad5b-d9cb-469f-a165-70867728950e")
    ~symbol:"EURUSD"
    ~time:(Mycelium.Timestamp.of_nanoseconds 1_577_898_000_065_000_000L)
    ~side:Side.Buy
    ~quantity:(Mycelium.Decimal.of_string_exn "250000.00000000")
    ~pricing:
      (Pricing.Limit
         (Limit.make
            ~price:(Mycelium.Decimal.of_string_exn "1.12115000")
            ~post_only:true ()))
    ~time_in_force:Time_in_force.Gtc ~venue:Venue.Ebs ~strategy:"mean-reversion"
    ~account:"4711-0815"
    ~tags:[ ("desk", "fx"); ("trader", "ada") ]
    ()

let envelope =
  Mycelium.Envelope.make ~sequence:1L
    ~published_at:
      (Mycelium.Timestamp.of_nanoseconds 1_577_898_000_066_000_000L)
    ~source:1 ~destination:2 ()

let fail reason =
  prerr_endline ("exchange: " ^ reason);
  exit 1

let read_all channel =
  let input = Buffer.create 4096 in
  (try
     while true do
       Buffer.add_channel input channel 1
     done
   with End_of_file -> ());
  Buffer.to_bytes input

let write () =
  match Order_request.encode_frame ~envelope order with
  | Ok frame -> print_bytes frame
  | Error error -> fail (Mycelium.Encode_error.to_string error)

let read () =
  let knows = Mycelium.Registry.knows Mycelium_registry.registry in
  match Mycelium.Frame.decode ~knows (read_all stdin) with
  | Error error -> fail (Mycelium.Decode_error.to_string error)
  | Ok { bytes; offset; length; envelope = found; _ } -> (
      match Order_request.decode ~offset ~length bytes with
      | Error error -> fail (Mycelium.Decode_error.to_string error)
      | Ok message ->
          if not (Order_request.equal message order && found = Some envelope)
          then fail "not the order this program writes";
          print_endline (Order_request.to_string message))

let () =
  set_binary_mode_in stdin true;
  set_binary_mode_out stdout true;
  match Sys.argv with
  | [| _; "write" |] -> write ()
  | [| _; "read" |] -> read ()
  | _ -> fail "usage: exchange write | read"
