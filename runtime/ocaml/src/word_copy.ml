(* By number of bytes, 0 to 7, two words: one leaves only so many bytes of a word,
   the other fills up the word of a string that has so many. *)
let masks_and_fillings =
  let words = Bytes.create 128 in
  for count = 0 to 7 do
    let mask = Int64.pred (Int64.shift_left 1L (8 * count)) in
    let filling = Int64.shift_left (Int64.of_int (7 - count)) 56 in
    Word.set words (16 * count) mask;
    Word.set words ((16 * count) + 8) filling
  done;
  words

let[@inline] low_bytes count word =
  Int64.logand word (Word.get masks_and_fillings (count lsl 4))

let[@inline] filled count word =
  Int64.logor word (Word.get masks_and_fillings ((count lsl 4) + 8))

let[@inline] short_string count word =
  let text = Bytes.create count in
  Word.set text 0 (filled count word);
  Bytes.unsafe_to_string text

(* Words may overlap: one from the front on, one up to the end. *)
let[@inline] two_words bytes start size =
  let text = Bytes.create size in
  Word.set text 0 (Word.get bytes start);
  Word.set text (size - 8) (Word.get bytes (start + size - 8));
  text

let[@inline] four_words bytes start size =
  let text = two_words bytes start size in
  Word.set text 8 (Word.get bytes (start + 8));
  Word.set text (size - 16) (Word.get bytes (start + size - 16));
  text

let sub bytes start size =
  if size < 8 then
    if Word.strings_are_words && start + 8 <= Bytes.length bytes then
      short_string size (low_bytes size (Word.get bytes start))
    else Bytes.sub_string bytes start size
  else if size <= 16 then
    Bytes.unsafe_to_string (two_words bytes start size)
  else if size <= 32 then
    Bytes.unsafe_to_string (four_words bytes start size)
  else Bytes.sub_string bytes start size
