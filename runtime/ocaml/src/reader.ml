include Cursor

(* --- Headers --- *)

(* An offence of the body itself, not of one of its elements. *)
let found_in_body reader code position =
  reader.tag <- -1;
  Offence.found code position

let long_tag reader =
  let start = reader.header + 1 in
  if reader.limit - start < 2 then found_in_body reader Truncated reader.header;
  let tag = Get.u16 reader.bytes start in
  if tag < 31 then found_in_body reader Non_canonical reader.header;
  reader.position <- start + 2;
  tag

(* Reads a header; there is at least one byte. *)
let read_header reader =
  reader.header <- reader.position;
  let first = Word.get_8 reader.bytes reader.position in
  reader.position <- reader.position + 1;
  reader.kind <- first land 7;
  let tag = if first lsr 3 = 31 then long_tag reader else first lsr 3 in
  if tag <= reader.tag then found_in_body reader Field_order reader.header;
  reader.pending <- tag

(* Makes the pending element the current one. *)
let accept reader =
  let tag = reader.pending in
  reader.pending <- -1;
  if reader.kind = 7 then found_in_body reader Bad_kind reader.header;
  reader.tag <- tag

let size_of_kind kind = 1 lsl kind

let take_by_kind reader kind =
  if kind < 6 then (
    let size = size_of_kind kind in
    ignore (take reader size);
    size)
  else
    let size = length reader in
    ignore (take reader size);
    size

let skip reader =
  accept reader;
  let tag = reader.tag in
  reader.tag <- -1;
  ignore (take_by_kind reader reader.kind);
  reader.tag <- tag

let rec find_among_unknown reader tag kind =
  if reader.pending < 0 && reader.position < reader.limit then
    read_header reader;
  if reader.pending < 0 || reader.pending > tag then false
  else if reader.pending < tag then (
    skip reader;
    find_among_unknown reader tag kind)
  else (
    accept reader;
    if reader.kind <> kind then (
      if tag = 0 then reader.tag <- -1;
      Offence.found Kind_mismatch reader.header);
    true)

(* The short form of the wanted header, right here, needs no further look: tags
   are asked for in ascending order. *)
let[@inline] is_next reader tag kind =
  tag < 31
  && reader.pending < 0
  && reader.position < reader.limit
  && Word.get_8 reader.bytes reader.position = (tag lsl 3) lor kind

let[@inline] accept_next reader tag =
  reader.tag <- tag;
  reader.header <- reader.position;
  reader.position <- reader.position + 1

let[@inline] find reader tag kind =
  if is_next reader tag kind then (
    accept_next reader tag;
    true)
  else find_among_unknown reader tag kind

(* Where an absent element is noticed: the header that passed it over, or the
   end of the body. *)
let absence_position reader =
  if reader.pending >= 0 then reader.header else reader.limit

let require_among_unknown reader tag kind =
  if not (find_among_unknown reader tag kind) then (
    reader.tag <- tag;
    Offence.found Missing_field (absence_position reader))

let[@inline] require reader tag kind =
  if is_next reader tag kind then accept_next reader tag
  else require_among_unknown reader tag kind

let rec skip_rest reader =
  if reader.pending >= 0 then skip reader;
  if reader.position < reader.limit then (
    read_header reader;
    skip_rest reader)

let[@inline] end_elements reader =
  if reader.pending >= 0 || reader.position < reader.limit then
    skip_rest reader

(* --- The block --- *)

let missing_block_field reader name position =
  reader.tag <- -1;
  Offence.missing_field ("." ^ name) position

(* Completes a block of which only [length] bytes came. *)
let complete_block reader layout origin length =
  let defaults = Layout.defaults layout in
  let block = Bytes.of_string defaults in
  Bytes.blit reader.bytes origin block 0 length;
  reader.block_bytes <- block;
  reader.block_start <- 0;
  reader.block_origin <- origin;
  reader.block_length <- length;
  0

let[@inline] whole_block reader start size =
  if reader.block_bytes != reader.bytes then
    reader.block_bytes <- reader.bytes;
  reader.block_start <- start;
  reader.block_origin <- start;
  reader.block_length <- size;
  start

let present_block reader layout =
  reader.tag <- -1;
  let length = length reader in
  let start = take reader length in
  let declared = Layout.block_size layout in
  if length < declared && not (Layout.ends_at_field layout length) then
    Offence.found Bad_length start;
  reader.tag <- 0;
  if length < declared then complete_block reader layout start length
  else whole_block reader start declared

let any_block reader layout =
  if find reader 0 6 then present_block reader layout
  else
    match Layout.first_required_from layout 0 with
    | Some name -> missing_block_field reader name (absence_position reader)
    | None -> complete_block reader layout reader.position 0

(* A block as this version writes it, with a length of one byte, is told by a look
   at its header and length together. *)
let block reader layout =
  let size = Layout.block_size layout in
  let position = reader.position in
  let start = position + 2 in
  if
    size < 254 && reader.pending < 0
    && start + size <= reader.limit
    && Word.get_16 reader.bytes position = (size lsl 8) lor 6
  then (
    reader.tag <- 0;
    reader.position <- start + size;
    whole_block reader start size)
  else any_block reader layout

let[@inline] block_bytes reader = reader.block_bytes

let end_short_block reader layout =
  match Layout.first_required_from layout reader.block_length with
  | Some name -> missing_block_field reader name reader.position
  | None -> ()

let[@inline] end_block reader layout =
  if reader.block_length < Layout.block_size layout then
    end_short_block reader layout

(* An offence in the block: says which field, and where in the body. Zeros that
   stand for missing fields may offend as well: then what is wrong is that they
   are missing. *)
let block_offence reader layout (offence : Offence.t) =
  let distance = offence.position - reader.block_start in
  if distance >= reader.block_length then end_block reader layout;
  offence.position <- reader.block_origin + distance;
  Offence.pass offence ("." ^ Layout.block_field_at layout distance)

(* --- Bodies --- *)

let locate_offence reader layout (offence : Offence.t) =
  let tag = reader.tag in
  if tag > 0 then Offence.pass offence ("." ^ Layout.field_name layout tag)
  else if tag = 0 then block_offence reader layout offence
  else raise_notrace (Offence.Found offence)

(* Raises the offence again, with its step in this message, and as one of the
   element that the message lies in. *)
let message_offence reader layout outer offence =
  try locate_offence reader layout offence
  with located ->
    reader.tag <- outer;
    raise_notrace located

let elements reader read =
  reader.tag <- -1;
  let value = read reader in
  end_elements reader;
  value

let elements_with_path reader layout outer read =
  try elements reader read
  with Offence.Found offence -> message_offence reader layout outer offence

let body reader layout read =
  enter reader;
  let outer = reader.tag in
  let value =
    if reader.locates then elements_with_path reader layout outer read
    else elements reader read
  in
  reader.tag <- outer;
  leave reader;
  value

let message reader layout read =
  if reader.depth = 0 then body reader layout read
  else
    let outer = narrow reader in
    let value = body reader layout read in
    widen reader outer;
    value

let union_header reader =
  reader.tag <- -1;
  if reader.position >= reader.limit then
    Offence.found Bad_length reader.position;
  read_header reader;
  if reader.pending = 0 then found_in_body reader Bad_length reader.header;
  accept reader

let union_element reader read =
  union_header reader;
  read reader reader.tag

let union_element_with_path reader layout outer read =
  try union_element reader read
  with Offence.Found offence ->
    let tag = reader.tag in
    reader.tag <- outer;
    if Layout.knows layout tag then
      Offence.pass offence ("(" ^ Layout.field_name layout tag ^ ")")
    else raise_notrace (Offence.Found offence)

let union reader layout read =
  let limit = narrow reader in
  enter reader;
  let outer = reader.tag in
  let value =
    if reader.locates then union_element_with_path reader layout outer read
    else union_element reader read
  in
  reader.tag <- outer;
  if reader.position < reader.limit then
    Offence.found Bad_length reader.position;
  leave reader;
  widen reader limit;
  value

let expect_kind reader kind =
  if reader.kind <> kind then
    found_in_body reader Kind_mismatch reader.header

let unknown_value reader =
  let kind = reader.kind in
  let size = take_by_kind reader kind in
  (kind, Bytes.sub_string reader.bytes (reader.position - size) size)
