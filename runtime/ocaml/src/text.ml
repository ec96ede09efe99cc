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

let is_utf_8 bytes start length =
  let stop = start + length in
  let rec from position =
    if
      position + 8 <= stop
      && Int64.logand (Bytes.get_int64_ne bytes position) high_bits = 0L
    then from (position + 8)
    else if position = stop then true
    else
      let sequence = sequence_length bytes position stop in
      sequence > 0 && from (position + sequence)
  in
  from start

let is_printable_ascii bytes start length =
  let stop = start + length in
  let rec from position =
    position = stop
    ||
    let byte = Bytes.get_uint8 bytes position in
    byte >= 0x20 && byte <= 0x7e && from (position + 1)
  in
  from start

let ascii_length bytes start size =
  let rec without_padding length =
    if length > 0 && Bytes.get bytes (start + length - 1) = '\000' then
      without_padding (length - 1)
    else length
  in
  without_padding size
