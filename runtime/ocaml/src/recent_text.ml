type t = {
  kept : string array;
  passed : int array;
      (** What came last to each place without being kept: bits of its words. *)
}

let places = 256
let unknown = ""

let filled_with text =
  { kept = Array.make places text; passed = Array.make places 0 }

let texts = filled_with unknown
let symbols = filled_with unknown

(* All of these fill two words, also those that are there from the start. *)
let long_texts = filled_with "        "

(* 2^64 over the golden ratio: what Fibonacci hashing multiplies by. The top bits
   of the product are the best mixed (Knuth, The Art of Computer Programming,
   6.4). *)
let multiplier = 0x9E37_79B9_7F4A_7C15L

let[@inline] place_of word =
  Int64.to_int (Int64.shift_right_logical (Int64.mul word multiplier) 56)

let[@inline] both first second =
  Int64.add first (Int64.mul second multiplier)

let[@inline] text word ~filled =
  let text = Array.unsafe_get texts.kept (place_of word) in
  if (Word.of_string text 0 : int64) = filled then text else unknown

let[@inline] long_text first second ~filled =
  let text = Array.unsafe_get long_texts.kept (place_of (both first second)) in
  if
    (Word.of_string text 0 : int64) = first
    && (Word.of_string text 8 : int64) = filled
  then text
  else unknown

let[@inline] symbol word =
  let text = Array.unsafe_get symbols.kept (place_of word) in
  if (Word_copy.low_bytes 7 (Word.of_string text 0) : int64) = word then text
  else unknown

let[@inline] note recent word text =
  let place = place_of word in
  let bits = Int64.to_int word in
  if Array.unsafe_get recent.passed place = bits then
    Array.unsafe_set recent.kept place text
  else Array.unsafe_set recent.passed place bits

let[@inline] note_text word text = note texts word text
let[@inline] note_symbol word text = note symbols word text

let[@inline] note_long_text first second text =
  note long_texts (both first second) text
