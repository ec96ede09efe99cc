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

let rec is_utf_8_until stop bytes position =
  if
    position + 8 <= stop
    && Int64.logand (Word.get bytes position) high_bits = 0L
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

(* How many of eight bytes are text, where those are the first ones, printable,
   and the others are NULs; else -1. All eight are looked at together: with every
   top bit clear, adding to each byte cannot carry into the next, and the top bit
   of the sum tells whether the byte reaches 0x80 less what was added. *)
let characters_of_word bytes position =
  let word = Word.get bytes position in
  let reaching increment = Int64.logand (Int64.add word increment) high_bits in
  let present = reaching 0x7f7f_7f7f_7f7f_7f7fL in
  let ones = Int64.shift_right_logical present 7 in
  let mask = Int64.sub (Int64.shift_left ones 8) ones in
  if
    Int64.logand word high_bits = 0L
    && present = reaching 0x6060_6060_6060_6060L
    && reaching 0x0101_0101_0101_0101L = 0L
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
    let count = characters_of_word bytes position in
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
