let is_continuation byte = byte land 0xc0 = 0x80

(* Length of the UTF-8 sequence that starts at [start], 0 if malformed. Each
   second byte has its own range: that is what excludes longer forms than
   needed, surrogates, and numbers above U+10FFFF. *)
let sequence_length bytes start stop =
  let byte_at offset =
    if start + offset < stop then Bytes.get_uint8 bytes (start + offset) else 0
  in
  let first = byte_at 0 and second = byte_at 1 in
  let two_to low high = second >= low && second <= high in
  if first < 0x80 then 1
  else if first < 0xc2 then 0
  else if first < 0xe0 then if is_continuation second then 2 else 0
  else if first < 0xf0 then
    let low = if first = 0xe0 then 0xa0 else 0x80 in
    let high = if first = 0xed then 0x9f else 0xbf in
    if two_to low high && is_continuation (byte_at 2) then 3 else 0
  else if first < 0xf5 then
    let low = if first = 0xf0 then 0x90 else 0x80 in
    let high = if first = 0xf4 then 0x8f else 0xbf in
    if two_to low high && is_continuation (byte_at 2) && is_continuation (byte_at 3)
    then 4
    else 0
  else 0

let high_bits = 0x8080_8080_8080_8080L
let[@inline] is_ascii_word word = Int64.logand word high_bits = 0L

let rec is_utf_8_until stop bytes position =
  if
    position + 8 <= stop && is_ascii_word (Word.get bytes position)
  then is_utf_8_until stop bytes (position + 8)
  else is_utf_8_by_bytes stop bytes position

(* To the end, or to the next sequence, behind which words are looked at again. *)
and is_utf_8_by_bytes stop bytes position =
  if position = stop then true
  else if Bytes.unsafe_get bytes position < '\x80' then
    is_utf_8_by_bytes stop bytes (position + 1)
  else
    let sequence = sequence_length bytes position stop in
    sequence > 0 && is_utf_8_until stop bytes (position + sequence)

(* The range is checked here, once, so that the search need not do it. *)
let is_utf_8 bytes start length =
  if start < 0 || length < 0 || start > Bytes.length bytes - length then
    invalid_arg "Mycelium.Text.is_utf_8";
  is_utf_8_until (start + length) bytes start

(* Whether a range of at least 8 bytes is ASCII. The last word may overlap the
   one before. *)
let rec is_ascii_until last bytes position =
  if position >= last then is_ascii_word (Word.get bytes last)
  else
    is_ascii_word (Word.get bytes position)
    && is_ascii_until last bytes (position + 8)

let sub bytes start size =
  let is_text =
    (size >= 8 && is_ascii_until (start + size - 8) bytes start)
    || is_utf_8 bytes start size
  in
  if not is_text then Offence.found Bad_utf8 start;
  Word_copy.sub bytes start size

(* Copies the words a string fills, so up to 8 bytes more than it has, as long as
   they are ASCII: the bytes that fill up the last word always are. *)
let rec copy_ascii text bytes start position =
  let word = Word.of_string text position in
  is_ascii_word word
  && (Word.set bytes (start + position) word;
      position + 8 > String.length text
      || copy_ascii text bytes start (position + 8))

(* Beyond this many bytes the C library copies faster. *)
let longest_by_words = 96

let blit_of_any_size text bytes start =
  let size = String.length text in
  let is_copied =
    Word.strings_are_words && size <= longest_by_words
    && copy_ascii text bytes start 0
  in
  if not is_copied then (
    if not (is_utf_8 (Bytes.unsafe_of_string text) 0 size) then
      Offence.found Bad_utf8 start;
    Bytes.unsafe_blit_string text 0 bytes start size)

let[@inline] blit text size bytes start =
  if Word.strings_are_words && size < 8 then
    let word = Word.of_string text 0 in
    if is_ascii_word word then Word.set bytes start word
    else blit_of_any_size text bytes start
  else blit_of_any_size text bytes start

(* The first seven bytes as a number, with zeros for those a string lacks: where
   these numbers differ, they are in the order of the strings. *)
let[@inline] leading_bytes text =
  let word = Word.bytes_swapped (Word.of_string text 0) in
  Int64.to_int (Int64.shift_right_logical word 8)

let compare left right =
  if not Word.strings_are_words then String.compare left right
  else
    let least = leading_bytes left and greatest = leading_bytes right in
    if least < greatest then -1
    else if least > greatest then 1
    else String.compare left right

(* How many of eight bytes are text, where those are the first ones, printable,
   and the others are NULs; else -1. All eight are looked at together: with every
   top bit clear, adding to each byte cannot carry into the next, and the top bit
   of the sum tells whether the byte reaches 0x80 less what was added. *)
let[@inline] reaching word increment =
  Int64.logand (Int64.add word increment) high_bits

let[@inline] characters_of_word word =
  let present = reaching word 0x7f7f_7f7f_7f7f_7f7fL in
  let ones = Int64.shift_right_logical present 7 in
  let mask = Int64.sub (Int64.shift_left ones 8) ones in
  if
    is_ascii_word word
    && present = reaching word 0x6060_6060_6060_6060L
    && reaching word 0x0101_0101_0101_0101L = 0L
    && Int64.logand mask (Int64.add mask 1L) = 0L
  then
    let count = Int64.mul ones 0x0101_0101_0101_0101L in
    Int64.to_int (Int64.shift_right_logical count 56)
  else -1

let rec is_padding stop bytes position =
  position = stop
  || Bytes.get_uint8 bytes position = 0
     && is_padding stop bytes (position + 1)

let rec end_of_text stop bytes position =
  if position + 8 <= stop then
    let count = characters_of_word (Word.get bytes position) in
    if count = 8 then end_of_text stop bytes (position + 8)
    else if count >= 0 && is_padding stop bytes (position + 8) then
      position + count
    else -1
  else if position < stop then
    let byte = Bytes.get_uint8 bytes position in
    if byte >= 0x20 && byte <= 0x7e then end_of_text stop bytes (position + 1)
    else if is_padding stop bytes position then position
    else -1
  else stop

let ascii_length bytes start size =
  let last = end_of_text (start + size) bytes start in
  if last < 0 then -1 else last - start

let ascii_sub_of_any_size bytes start size =
  let length = ascii_length bytes start size in
  if length < 0 then Offence.found Bad_ascii start;
  Word_copy.sub bytes start length

let unknown_symbol bytes start word =
  let length = characters_of_word word in
  if length < 0 then Offence.found Bad_ascii start;
  let text = Word_copy.sub bytes start length in
  if length > 0 && length < 8 then Recent_text.note_symbol word text;
  text

let ascii_sub bytes start size =
  if size <> 8 || not Word.strings_are_words then
    ascii_sub_of_any_size bytes start size
  else
    let word = Word.get bytes start in
    let text = Recent_text.symbol word in
    if text != Recent_text.unknown then text
    else unknown_symbol bytes start word

let ascii_blit_of_any_size text bytes start size =
  let length = String.length text in
  if length > size then Offence.found Bound_exceeded start;
  Bytes.fill bytes start size '\000';
  Bytes.blit_string text 0 bytes start length;
  if ascii_length bytes start size <> length then
    Offence.found Bad_ascii start

let ascii_blit text bytes start size =
  let length = String.length text in
  if size <> 8 || length > 8 || not Word.strings_are_words then
    ascii_blit_of_any_size text bytes start size
  else
    let word = Word.of_string text 0 in
    let word = if length < 8 then Word_copy.low_bytes 7 word else word in
    if characters_of_word word <> length then Offence.found Bad_ascii start;
    Word.set bytes start word
