(* What generated code promises beyond its bytes: what encoders refuse and where,
   defaults of `make`, printing, the registry, and messages of 16 MiB. *)

open Mycelium
open Conformance

let passed = ref 0
let failed = ref 0

let check claim holds =
  if holds then incr passed
  else (
    incr failed;
    Printf.printf "FAILED: %s\n" claim)

(* --- What encoders refuse --- *)

let refused (type a) (module M : Message.S with type t = a) expected message =
  let writer = Writer.make 16 in
  Writer.string writer "before";
  let found =
    match M.append writer message with
    | Ok () -> "ok"
    | Error error -> Encode_error.to_string error
  in
  if found <> expected then Printf.printf "  %s, not %s\n" found expected;
  check expected (found = expected);
  check (expected ^ ": output")
    (Bytes.to_string (Writer.contents writer) = "before")

let odd = { Odd.a = 1; b = 2; c = true; who = "abc" }
let point = { Point.x = 1.0; y = -0.5 }

let block =
  { Block.points = [| point; point; point |]; odd; raw = String.make 20 'r' }

let scalars ?(a = 1) ?(b = 1) ?(c = 1) ?(g = 1) ?(h = 1) ?(i = 1) ?(l = 0.5)
    ?(price = "1.5") ?(whole = "7") ?(fine = "0.1") ?(open_ = Open.One)
    ?(wide = Wide.Huge) ?(code = "code") ?(hash = String.make 32 'h')
    ?(quad = [| 1; 2; 3; 4 |]) ?(trio = [| odd; odd; odd |]) ?(block = block) () =
  let decimal = Decimal.of_string_exn in
  Scalars.make ~flag:true ~a ~b ~c ~d:(-1L) ~e:U128.maximum ~f:U256.maximum ~g ~h
    ~i ~j:Int64.min_int ~k:I128.minimum ~l ~m:Float.nan
    ~at:(Timestamp.of_nanoseconds 1L) ~took:(Duration.of_nanoseconds (-1L))
    ~price:(decimal price) ~whole:(decimal whole) ~fine:(decimal fine)
    ~id:Uuid.nil ~open_ ~wide ~closed:Closed.Green ~code ~name3:"abc" ~hash
    ~addr:(String.make 20 'a') ~big:(String.make 300 'b') ~quad ~trio ~point ~block
    ()

let numbers () =
  let refused = refused (module Scalars) in
  check "scalars" (Result.is_ok (Scalars.encode (scalars ())));
  refused "ENCODE_RANGE: Scalars.a" (scalars ~a:256 ());
  refused "ENCODE_RANGE: Scalars.a" (scalars ~a:(-1) ());
  refused "ENCODE_RANGE: Scalars.b" (scalars ~b:65536 ());
  refused "ENCODE_RANGE: Scalars.c" (scalars ~c:4294967296 ());
  refused "ENCODE_RANGE: Scalars.c" (scalars ~c:(-1) ());
  refused "ENCODE_RANGE: Scalars.g" (scalars ~g:128 ());
  refused "ENCODE_RANGE: Scalars.g" (scalars ~g:(-129) ());
  refused "ENCODE_RANGE: Scalars.h" (scalars ~h:32768 ());
  refused "ENCODE_RANGE: Scalars.i" (scalars ~i:2147483648 ());
  refused "ENCODE_RANGE: Scalars.i" (scalars ~i:(-2147483649) ());
  refused "ENCODE_RANGE: Scalars.l" (scalars ~l:1e39 ());
  refused "ENCODE_RANGE: Scalars.price" (scalars ~price:"0.000000001" ());
  refused "ENCODE_RANGE: Scalars.price" (scalars ~price:"92233720368.6" ());
  refused "ENCODE_RANGE: Scalars.whole" (scalars ~whole:"1.5" ());
  refused "ENCODE_RANGE: Scalars.fine" (scalars ~fine:"10" ());
  refused "ENCODE_RANGE: Scalars.open" (scalars ~open_:(Open.Unknown 256) ());
  refused "ENCODE_RANGE: Scalars.wide" (scalars ~wide:(Wide.Unknown (-1)) ())

let fixed_sizes () =
  let refused = refused (module Scalars) in
  refused "BOUND_EXCEEDED: Scalars.code" (scalars ~code:"123456789" ());
  refused "BAD_ASCII: Scalars.code" (scalars ~code:"a\000b" ());
  refused "BAD_ASCII: Scalars.code" (scalars ~code:"\xc3\xa9" ());
  refused "BAD_LENGTH: Scalars.hash" (scalars ~hash:"short" ());
  refused "BAD_LENGTH: Scalars.quad" (scalars ~quad:[| 1 |] ());
  refused "ENCODE_RANGE: Scalars.quad[2]" (scalars ~quad:[| 1; 2; -3; 4 |] ());
  refused "ENCODE_RANGE: Scalars.trio[1].b"
    (scalars ~trio:[| odd; { odd with b = -1 }; odd |] ());
  refused "BAD_LENGTH: Scalars.block.points"
    (scalars ~block:{ block with points = [||] } ());
  refused "BAD_ASCII: Scalars.block.odd.who"
    (scalars ~block:{ block with odd = { odd with who = "\n" } } ())

let texts () =
  let refused = refused (module Texts) in
  let make ?(short = "") ?(bounded = "") ?(blob = "") () =
    Texts.make ~short ~bounded ~long:"" ~data:"\xff" ~blob ()
  in
  check "texts" (Result.is_ok (Texts.encode (make ~bounded:"12345678" ())));
  refused "BOUND_EXCEEDED: Texts.bounded" (make ~bounded:"123456789" ());
  refused "BAD_UTF8: Texts.short" (make ~short:"\xed\xa0\x80" ());
  refused "BAD_UTF8: Texts.bounded" (make ~bounded:"\xff" ());
  refused "BOUND_EXCEEDED: Texts.blob" (make ~blob:(String.make 70001 ' ') ())

let lists ?(bytes1 = [||]) ?(wide = [||]) ?(flags = [||]) ?(points = [||])
    ?(names = [||]) ?(bounded = [||]) ?(leaves = [||]) ?(nested = [||])
    ?(codes = [||]) ?(events = [||]) ?(quads = [||]) () =
  Lists.make ~bytes1 ~wide ~flags ~points ~names ~bounded ~leaves ~nested
    ~opens:[||] ~closed:[||] ~codes ~events ~hashes:[||] ~quads ~prices:[||] ()

let list_refusals () =
  let refused = refused (module Lists) in
  refused "ENCODE_RANGE: Lists.bytes1[1]" (lists ~bytes1:[| 1; 300 |] ());
  refused "BOUND_EXCEEDED: Lists.flags" (lists ~flags:(Array.make 11 true) ());
  refused "BOUND_EXCEEDED: Lists.points" (lists ~points:(Array.make 5 point) ());
  refused "BOUND_EXCEEDED: Lists.bounded" (lists ~bounded:(Array.make 4 "") ());
  refused "BOUND_EXCEEDED: Lists.bounded[2]"
    (lists ~bounded:[| ""; ""; "123456" |] ());
  refused "BOUND_EXCEEDED: Lists.leaves[0].name"
    (lists ~leaves:[| Leaf.make ~name:(String.make 41 ' ') () |] ());
  refused "BOUND_EXCEEDED: Lists.nested[1]"
    (lists ~nested:[| [||]; [| 1; 2; 3; 4 |] |] ());
  refused "BAD_ASCII: Lists.codes[0]" (lists ~codes:[| "\t" |] ());
  refused "BAD_LENGTH: Lists.quads[1]" (lists ~quads:[| [| 1; 2 |]; [||] |] ());
  refused "BUDGET_EXCEEDED: Lists.names" (lists ~names:(Array.make 262_145 "") ());
  check "the whole budget"
    (Result.is_ok (Lists.encode (lists ~names:(Array.make 262_144 "") ())));
  let unknown tag kind bytes = Event.Unknown { tag; kind; bytes } in
  let event event = lists ~events:[| Event.Text ""; event |] () in
  check "unknown variant"
    (Result.is_ok (Lists.encode (event (unknown 9 3 "12345678"))));
  refused "BAD_LENGTH: Lists.events[1]" (event (unknown 9 3 "1234567"));
  refused "ENCODE_TYPE: Lists.events[1]" (event (unknown 2 6 ""));
  refused "ENCODE_RANGE: Lists.events[1]" (event (unknown 0 6 ""));
  refused "ENCODE_RANGE: Lists.events[1]" (event (unknown 9 7 ""));
  refused "BAD_UTF8: Lists.events[1](text)" (event (Event.Text "\xff"));
  refused "ENCODE_RANGE: Lists.events[1](many)[0]" (event (Event.Many [| -1 |]));
  refused "ENCODE_RANGE: Lists.events[1](more)(a)"
    (event (Event.More (Inner.A 256)))

let maps ?(ints = []) ?(signed = []) ?(names = []) ?(codes = []) ?(keys = [])
    ?(enums = []) ?(deep = []) () =
  Maps.make ~ints ~signed ~names ~codes ~keys ~enums ~deep ~points:[] ()

let map_refusals () =
  let refused = refused (module Maps) in
  refused "NON_CANONICAL: Maps.ints[#1]" (maps ~ints:[ (7, "a"); (7, "b") ] ());
  refused "NON_CANONICAL: Maps.ints[#2]"
    (maps ~ints:[ (9, "a"); (7, ""); (9, "b") ] ());
  refused "NON_CANONICAL: Maps.enums[#1]"
    (let leaf = Leaf.make ~name:"" () in
     maps ~enums:[ (Open.One, leaf); (Open.Unknown 1, leaf) ] ());
  refused "ENCODE_RANGE: Maps.signed[#1]" (maps ~signed:[ (40000, 1); (0, 1) ] ());
  refused "ENCODE_RANGE: Maps.signed[-5]" (maps ~signed:[ (-5, 40000) ] ());
  refused "BOUND_EXCEEDED: Maps.names"
    (maps ~names:[ ("a", 0.); ("b", 0.); ("c", 0.); ("d", 0.) ] ());
  refused "BAD_UTF8: Maps.names[#0]" (maps ~names:[ ("\xff", 0.) ] ());
  refused "ENCODE_RANGE: Maps.codes[\"a\\\"b\"]" (maps ~codes:[ ("a\"b", 256) ] ());
  refused "BAD_LENGTH: Maps.keys[#0]" (maps ~keys:[ ("abc", "") ] ());
  refused "BOUND_EXCEEDED: Maps.enums[TWO].name"
    (maps ~enums:[ (Open.Two, Leaf.make ~name:(String.make 41 'n') ()) ] ());
  refused "BAD_UTF8: Maps.deep[\"k\\u0001\"][7][1]"
    (maps ~deep:[ ("k\001", [ (7, [| ""; "\xff" |]) ]) ] ())

let limits ?(percent = 0) ?(signed = 0) ?(ratio = 0.5) ?(positive = 1L)
    ?(below = 0.25) ?(name = "n") ?(data = "dd") ?(pair = [| 1; 2 |])
    ?(few = [| "f" |]) ?(some = [ (1, 1) ]) ?(price = "1") ?maybe () =
  let price = Decimal.of_string_exn price in
  Limits.make ~percent ~signed ~ratio ~positive ~below ~name ~data ~pair ~few ~some
    ~price ?maybe ()

let limit_refusals () =
  let refused = refused (module Limits) in
  check "limits" (Result.is_ok (Limits.encode (limits ())));
  check "the limits themselves"
    (Result.is_ok
       (Limits.encode
          (limits ~percent:100 ~signed:(-5) ~ratio:1.0 ~below:0.5 ~price:"999.99"
             ~maybe:20 ())));
  refused "OUT_OF_RANGE: Limits.percent" (limits ~percent:101 ());
  refused "OUT_OF_RANGE: Limits.signed" (limits ~signed:(-6) ());
  refused "OUT_OF_RANGE: Limits.ratio" (limits ~ratio:1.01 ());
  refused "OUT_OF_RANGE: Limits.ratio" (limits ~ratio:Float.nan ());
  refused "OUT_OF_RANGE: Limits.positive" (limits ~positive:0L ());
  refused "OUT_OF_RANGE: Limits.below" (limits ~below:0.6 ());
  refused "BOUND_EXCEEDED: Limits.name" (limits ~name:"" ());
  refused "BOUND_EXCEEDED: Limits.data" (limits ~data:"d" ());
  refused "BOUND_EXCEEDED: Limits.pair" (limits ~pair:[| 1 |] ());
  refused "BOUND_EXCEEDED: Limits.few" (limits ~few:[||] ());
  refused "BOUND_EXCEEDED: Limits.some" (limits ~some:[] ());
  refused "OUT_OF_RANGE: Limits.price" (limits ~price:"1000" ());
  refused "ENCODE_RANGE: Limits.percent" (limits ~percent:256 ());
  refused "OUT_OF_RANGE: Limits.maybe" (limits ~maybe:9 ())

let blocks () =
  let quote ?(symbol = "EURUSD") ?(side = Open.One) ?(ask_size = 0) () =
    Quote.make ~symbol ~ts:(Timestamp.of_nanoseconds 0L) ~bid:0. ~ask:0. ~bid_size:0
      ~ask_size ~sequence:0L ~side ()
  in
  let refused = refused (module Quote) in
  refused "BAD_ASCII: Quote.symbol" (quote ~symbol:"\000" ());
  refused "ENCODE_RANGE: Quote.ask_size" (quote ~ask_size:(-1) ());
  refused "ENCODE_RANGE: Quote.side" (quote ~side:(Open.Unknown 1000) ())

(* --- Values --- *)

let defaults () =
  let optionals = Optionals.make () in
  check "optional" (optionals.a = None && optionals.h = None);
  check "u64" (optionals.i = -1L);
  check "string" (optionals.j = "none");
  check "enum" (optionals.k = Open.Two);
  check "decimal" (Decimal.to_string optionals.p = "1.25");
  check "absent fields read as the same defaults"
    (Optionals.decode Bytes.empty = Ok optionals);
  check "empty" (Empty.decode Bytes.empty = Ok (Empty.make ()))

let printing () =
  let leaf = Leaf.make ~name:"a\"b" ~weight:(-3) () in
  check "message" (Leaf.to_string leaf = {|Leaf { name = "a\"b"; weight = -3 }|});
  check "union"
    (Event.to_string (Event.Leaf leaf)
    = {|leaf (Leaf { name = "a\"b"; weight = -3 })|});
  check "enum" (Open.to_string Open.Two = "TWO" && Open.to_string (Unknown 9) = "9");
  check "closed enum" (Closed.of_int 500 = Some Green && Closed.of_int 1 = Some Red);
  check "no such member" (Closed.of_int 2 = None)

let registry () =
  let event = Events.make ~event:(Event.Number (-1L)) ~inner:(Inner.A 7) () in
  let frame = Result.get_ok (Events.encode_frame event) in
  let frame = Result.get_ok (Frame.decode frame) in
  (match Registry.decode_frame Mycelium_registry.registry frame with
  | Ok (Events.Message found) -> check "by type id" (Events.equal found event)
  | _ -> check "by type id" false);
  check "digests" (String.length Mycelium_registry.wire_digest = 64)

(* --- Size --- *)

let large () =
  let round_trip (type a) claim (module M : Message.S with type t = a) message =
    let body = M.encode_exn message in
    check (claim ^ ": size") (Bytes.length body > 16_000_000);
    match M.decode body with
    | Ok found -> check claim (M.equal found message)
    | Error error -> check (claim ^ ": " ^ Decode_error.to_string error) false
  in
  round_trip "bytes" (module Lists)
    (lists ~bytes1:(Array.init 16_700_000 (fun index -> index land 255)) ());
  round_trip "floats" (module Lists)
    (lists ~wide:(Array.init 2_090_000 float_of_int) ());
  round_trip "strings" (module Lists)
    (lists ~names:(Array.init 250_000 (fun index -> Printf.sprintf "%064d" index)) ());
  let entry index = (index, Printf.sprintf "%062d" index) in
  round_trip "map" (module Maps) (maps ~ints:(List.init 250_000 entry) ());
  let reversed = maps ~ints:(List.rev (List.init 250_000 entry)) () in
  check "a map in reverse order"
    (Maps.encode reversed = Maps.encode (maps ~ints:(List.init 250_000 entry) ()))

let () =
  numbers ();
  fixed_sizes ();
  texts ();
  list_refusals ();
  map_refusals ();
  limit_refusals ();
  blocks ();
  defaults ();
  printing ();
  registry ();
  large ();
  Printf.printf "%d passed, %d failed\n" !passed !failed;
  exit (if !failed = 0 then 0 else 1)
