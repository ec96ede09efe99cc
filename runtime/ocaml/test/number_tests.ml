open Mycelium

(* Decimal digits that a wide type must read and write unchanged, from least to
   greatest, with digits it must refuse. *)
let wide (type a) name (module Wide : Wide_integer.S with type t = a) good bad =
  let values = List.map Wide.of_string_exn good in
  List.iter2
    (fun digits value ->
      Check.text (name ^ " to_string") digits (Wide.to_string value);
      let bytes = Bytes.make 40 '\xaa' in
      Wide.set bytes 3 value;
      Check.text (name ^ " bytes") digits (Wide.to_string (Wide.get bytes 3)))
    good values;
  let sorted = List.sort Wide.compare (List.rev values) in
  Check.that (name ^ " order") (sorted = values);
  Check.that (name ^ " minimum") (Wide.equal Wide.minimum (List.hd values));
  Check.that (name ^ " maximum")
    (Wide.equal Wide.maximum (List.nth values (List.length values - 1)));
  List.iter
    (fun digits ->
      Check.that (name ^ " refuses " ^ digits) (Wide.of_string digits = None))
    bad

let wide_integers () =
  wide "u128"
    (module U128)
    [ "0"; "1"; "255"; "256"; "18446744073709551616";
      "340282366920938463463374607431768211455" ]
    [ ""; "-1"; "1x"; " 1"; "340282366920938463463374607431768211456" ];
  wide "i128"
    (module I128)
    [ "-170141183460469231731687303715884105728"; "-1000000000"; "-1"; "0"; "1";
      "170141183460469231731687303715884105727" ]
    [ ""; "-"; "--1"; "170141183460469231731687303715884105728";
      "-170141183460469231731687303715884105729" ];
  wide "u256"
    (module U256)
    [ "0"; "1000000000"; "340282366920938463463374607431768211456";
      "115792089237316195423570985008687907853269984665640564039457584007913129639935"
    ]
    [ "115792089237316195423570985008687907853269984665640564039457584007913129639936"
    ];
  Check.same string_of_bool "u128 of a negative int" true (U128.of_int (-1) = None);
  Check.that "i128 of_int and back"
    (Option.bind (I128.of_int min_int) I128.to_int = Some min_int);
  Check.that "u128 too large for an int" (U128.to_int U128.maximum = None);
  let bytes = Bytes.make 16 '\000' in
  U128.set bytes 0 (U128.of_string_exn "258");
  Check.text "u128 is little-endian" "\002\001" (Bytes.sub_string bytes 0 2)

let unsigned () =
  Check.text "greatest u64" "18446744073709551615"
    (Unsigned.to_string Unsigned.maximum);
  Check.that "u64 digits"
    (Unsigned.of_string "18446744073709551615" = Some (-1L));
  Check.that "u64 too large" (Unsigned.of_string "18446744073709551616" = None);
  Check.that "u64 hexadecimal is refused" (Unsigned.of_string "0x10" = None);
  Check.that "u64 order" (Unsigned.compare (-1L) 1L > 0)

let decimal_texts () =
  let round_trip digits =
    Check.text "decimal digits" digits
      (Decimal.to_string (Decimal.of_string_exn digits))
  in
  List.iter round_trip
    [ "0"; "-0.5"; "1.25"; "-9.223372036854775808"; "9223372036854775807";
      "0.000000000000000001"; "-0.01"; "100.00" ];
  List.iter
    (fun digits ->
      Check.that ("decimal refuses " ^ digits) (Decimal.of_string digits = None))
    [ ""; "-"; "."; "1."; ".5"; "1e5"; "+1"; "1_0"; "1.2.3";
      "9223372036854775808"; "0.0000000000000000001" ];
  Check.raises_invalid "decimal scale" (fun () ->
      Decimal.make ~mantissa:1L ~scale:19)

let decimal_numbers () =
  let number = Decimal.of_string_exn in
  let order left right = Decimal.compare (number left) (number right) in
  Check.int "equal across scales" 0 (order "1.50" "1.5");
  Check.that "hash across scales"
    (Decimal.hash (number "1.50") = Decimal.hash (number "1.5"));
  Check.that "negative fractions" (order "-0.9" "-0.85" < 0);
  Check.that "signs" (order "-0.1" "0.01" < 0);
  Check.that "whole parts" (order "12" "9.999" > 0);
  Check.that "extremes"
    (order "-9223372036854775808" "-9.223372036854775808" < 0);
  let rescaled text scale =
    Option.map Decimal.to_string (Decimal.rescale (number text) ~scale)
  in
  let show = Option.value ~default:"none" in
  Check.same show "more digits" (Some "1.5000") (rescaled "1.5" 4);
  Check.same show "fewer digits" (Some "1.5") (rescaled "1.500" 1);
  Check.same show "no digit is lost" None (rescaled "1.25" 1);
  Check.same show "no overflow" None (rescaled "9223372036854775807" 1);
  Check.same show "no overflow below" None (rescaled "-9223372036854775808" 18)

let times () =
  let shown nanoseconds =
    Timestamp.to_string (Timestamp.of_nanoseconds nanoseconds)
  in
  Check.text "epoch" "1970-01-01T00:00:00.000000000Z" (shown 0L);
  Check.text "just before" "1969-12-31T23:59:59.999999999Z" (shown (-1L));
  Check.text "a Tuesday" "2023-11-14T22:13:20.000000001Z"
    (shown 1_700_000_000_000_000_001L);
  Check.text "leap day" "2020-02-29T12:00:00.000000000Z"
    (shown 1_582_977_600_000_000_000L);
  Check.text "earliest" "1677-09-21T00:12:43.145224192Z" (shown Int64.min_int);
  Check.text "latest" "2262-04-11T23:47:16.854775807Z" (shown Int64.max_int);
  let moment = Timestamp.of_nanoseconds 5L in
  let later = Timestamp.after (Duration.of_nanoseconds 7L) moment in
  Check.text "difference" "7ns" (Duration.to_string (Timestamp.since moment later))

let uuids () =
  let text = "00112233-4455-6677-8899-aabbccddeeff" in
  let uuid = Uuid.of_string_exn (String.uppercase_ascii text) in
  Check.text "uuid text" text (Uuid.to_string uuid);
  Check.text "uuid bytes" "\x00\x11" (String.sub (Uuid.to_bytes uuid) 0 2);
  List.iter
    (fun bad -> Check.that ("uuid refuses " ^ bad) (Uuid.of_string bad = None))
    [ ""; "00112233445566778899aabbccddeeff"; text ^ "0";
      "0-112233-4455-6677-8899-aabbccddeeff";
      "g0112233-4455-6677-8899-aabbccddeeff" ];
  Check.that "uuid of 15 bytes" (Uuid.of_bytes (String.make 15 ' ') = None);
  Check.that "nil" (Uuid.to_bytes Uuid.nil = String.make 16 '\000')

let run () =
  wide_integers ();
  unsigned ();
  decimal_texts ();
  decimal_numbers ();
  times ();
  uuids ()
